import type { RateLimits } from '../rate-limit/rate-limiter.ts';
import type { Channel } from '../workers/channel/channel.ts';
import { TABLES, type EngineListener, type TableName } from './engine.ts';
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
    onSessionEnded: (session) => notify('session', session),
    onWatched: () => notify('watched'),
    onState: () => {},
  };
  let isJoined = false;
  channel.on('engine.join', () => {
    if (isJoined) engine.tellTables(listener);
    else engine.join(channel, listener);
    isJoined = true;
    return presence();
  });
  channel.on('engine.presence', presence);
  channel.on('engine.take', (key: string, limits: Required<RateLimits>) => engine.take(key, limits));
  channel.on('engine.set', (table: string, name: string, value: string, version: number) => {
    const known = TABLES.find((each): each is TableName => each === table);
    if (known === undefined) throw new TypeError('no such table');
    return engine.set(known, name, value, version);
  });
  channel.on('engine.append', (event: string) => engine.append(event));
  channel.on('engine.appendGap', () => engine.appendGap());
  channel.on('engine.watch', () => engine.watch());
  channel.on('engine.endSession', (session: string) => engine.endSession(session));
  channel.on('engine.isSessionEnded', (session: string) => engine.isSessionEnded(session));
  return { [Symbol.dispose]: () => void engine.listeners.delete(channel) };
}
