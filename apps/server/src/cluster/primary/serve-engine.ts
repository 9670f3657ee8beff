import type { RateLimits } from '../../rate-limit/rate-limiter.ts';
import type { Channel } from '../../worker-channel/channel.ts';
import { TABLES, type EngineListener, type TableName } from '../engine.ts';
import type { SessionEngine } from '../session-engine.ts';
import type { MemoryEngine } from './memory-engine.ts';
import type { EngineNotice, Presence } from './parent-engine.ts';

/** Answers the {@link ParentEngine} of a worker, in the primary. Disposed when the worker has ended. */
export function serveEngine(engine: MemoryEngine, channel: Channel): Disposable {
  const notify = (...notice: EngineNotice): void => channel.tell('engine.notice', ...notice);
  const presence = (): Presence => ({ replicas: engine.listeners.size, watched: engine.watched });
  const listener: EngineListener = {
    onTable: (table, entries) => notify('table', table, [...entries]),
    onEntry: (table, name, entry) => notify('entry', table, name, entry),
    onEvent: (id, event) => notify('event', id, event),
    onGap: () => notify('gap'),
    onOpening: (opening) => notify('opening', opening),
    onSessionEnded: (session) => notify('session', session),
    onSessionField: (session, field, value) => notify('session-field', session, field, value),
    onSessionMessage: (session, message) => notify('session-message', session, message),
    onWatched: () => notify('watched'),
    onState: () => {},
  };
  let inbox: Disposable | undefined;
  channel.on('engine.join', (address: string) => {
    if (inbox) engine.tellTables(listener);
    else engine.join(channel, listener);
    inbox ??= engine.sessions.receive(address, listener);
    return presence();
  });
  channel.on('engine.presence', presence);
  channel.on('engine.take', (key: string, limits: Required<RateLimits>, calls: number) =>
    engine.take(key, limits, calls),
  );
  channel.on('engine.set', (table: string, name: string, value: string, version: number) => {
    const known = TABLES.find((each): each is TableName => each === table);
    if (known === undefined) throw new TypeError('no such table');
    return engine.set(known, name, value, version);
  });
  channel.on('engine.append', (event: string) => engine.append(event));
  channel.on('engine.appendGap', () => engine.appendGap());
  channel.on('engine.appendOpening', (opening: string) => engine.appendOpening(opening));
  channel.on('engine.watch', () => engine.watch());
  serveSessions(engine.sessions.of(''), channel);
  return {
    [Symbol.dispose]() {
      engine.listeners.delete(channel);
      inbox?.[Symbol.dispose]();
    },
  };
}

function serveSessions(sessions: SessionEngine, channel: Channel): void {
  channel.on('engine.session.end', sessions.end);
  channel.on('engine.session.isEnded', sessions.isEnded);
  channel.on('engine.session.set', sessions.set);
  channel.on('engine.session.fields', async (session: string) => [...(await sessions.fields(session))]);
  channel.on('engine.session.notify', sessions.notify);
  channel.on('engine.session.send', sessions.send);
}
