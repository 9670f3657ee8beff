import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { ManualClock } from '../../foundation/test-support/manual-clock.ts';
import { channelPair } from '../../workers/test-support/channel-pair.ts';
import type { EngineListener, Entry, TableName } from '../engine.ts';
import { SharedRateLimiter } from '../shared/shared-rate-limiter.ts';
import { RecordingListener } from '../test-support/recording-listener.ts';
import { MemoryEngine } from './memory-engine.ts';
import { ParentEngine } from './parent-engine.ts';
import { serveEngine } from './serve-engine.ts';

/** One worker of a primary, and what it has learnt. */
class Worker extends RecordingListener implements EngineListener {
  readonly engine: ParentEngine;
  readonly #serving: Disposable;
  readonly inForce = new Map<string, string>();

  constructor(primary: MemoryEngine, clock: ManualClock) {
    super();
    const pair = channelPair(clock);
    this.#serving = serveEngine(primary, pair.primary);
    this.engine = new ParentEngine({
      channel: pair.worker,
      replica: 'w',
      timeoutMs: 150,
      startTimeoutMs: 1000,
      clock,
    });
  }

  async join(): Promise<this> {
    await this.engine.join(this);
    return this;
  }

  die(): void {
    this.#serving[Symbol.dispose]();
  }

  onTable(_table: TableName, entries: ReadonlyMap<string, Entry>): void {
    for (const [name, { value }] of entries) this.inForce.set(name, value);
  }
  onEntry(_table: TableName, name: string, { value }: Entry): void {
    this.inForce.set(name, value);
  }
}

const joined = (primary: MemoryEngine, clock: ManualClock): Promise<Worker> => new Worker(primary, clock).join();

test('workers grant one limit together: never more than burst + rate * t in any time t', async () => {
  const limits = fc.record({
    requests: fc.integer({ min: 1, max: 50 }),
    windowMs: fc.integer({ min: 1, max: 5000 }),
    burst: fc.integer({ min: 1, max: 20 }),
  });
  const calls = fc.array(fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 500 })), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(limits, calls, async (given, steps) => {
      const clock = new ManualClock();
      const primary = new MemoryEngine(clock);
      const workers = await Promise.all([0, 1, 2].map(() => joined(primary, clock)));
      const limiters = workers.map(({ engine }) => new SharedRateLimiter({ engine, limits: given, clock }));
      const granted: number[] = [];
      for (const [index, gapMs] of steps) {
        clock.advance(gapMs);
        const decision = await limiters[index]?.take({ caller: 'a', tool: 'b' });
        if (decision?.allowed) granted.push(clock.monotonicMs());
      }
      for (const [first, from] of granted.entries()) {
        for (const [last, to] of granted.entries()) {
          if (last < first) continue;
          const most = given.burst + ((to - from) * given.requests) / given.windowMs;
          expect(last - first + 1).toBeLessThanOrEqual(most);
        }
      }
      expect(limiters.map(({ fallbacks }) => fallbacks)).toEqual([0, 0, 0]);
    }),
    { numRuns: 60 },
  );
});

test('what one worker sets, sends and ends is known to all in one order, and to one that starts later', async () => {
  const clock = new ManualClock();
  const primary = new MemoryEngine(clock);
  const [a, b] = [await joined(primary, clock), await joined(primary, clock)];
  await a.engine.set('switches', 'ping', 'off');
  await a.engine.append('one');
  await b.engine.append('two');
  await a.engine.appendOpening('opening');
  await b.engine.sessions.end('session');
  expect(await a.engine.sessions.isEnded('session')).toBe(true);
  const late = await joined(primary, clock);
  for (const { inForce, events } of [a, b, late]) {
    expect([inForce.get('ping'), events]).toEqual(['off', ['one', 'two']]);
  }
  expect([a.ended, b.ended, late.ended]).toEqual([['session'], ['session'], []]);
  // Of a breaker counts what opens while a server runs.
  expect([a.openings, b.openings, late.openings]).toEqual([['opening'], ['opening'], []]);
  expect(late.engine.now()).toBe(clock.epochMs());
  expect(late.engine.replicas).toBe(3);
});

test('what a client sets in its session is kept for all, and a message reaches the worker that it is for alone', async () => {
  const clock = new ManualClock();
  const primary = new MemoryEngine(clock);
  const [a, b] = [await joined(primary, clock), await joined(primary, clock)];
  await a.engine.sessions.set('s', 'level', 'error');
  await a.engine.sessions.set('s', 'subscription x', 'on');
  await b.engine.sessions.set('s', 'subscription x', '');
  await b.engine.sessions.notify('s', 'cancelled', '7');
  const late = await joined(primary, clock);
  expect(await late.engine.sessions.fields('s')).toEqual(new Map([['level', 'error']]));
  const changes = [
    ['s', 'level', 'error'],
    ['s', 'subscription x', 'on'],
    ['s', 'subscription x', ''],
    ['s', 'cancelled', '7'],
  ];
  expect([a.fields, b.fields, late.fields]).toEqual([changes, changes, []]);
  await a.engine.sessions.send(b.engine.sessions.address, 's', 'answer');
  await a.engine.sessions.send('nobody', 's', 'lost');
  b.die();
  await a.engine.sessions.send(b.engine.sessions.address, 's', 'too late');
  expect([a.messages, b.messages, late.messages]).toEqual([[], [['s', 'answer']], []]);
});

test('a version that is older than the one in force changes nothing', async () => {
  const clock = new ManualClock();
  const primary = new MemoryEngine(clock);
  const worker = await joined(primary, clock);
  const { version } = await worker.engine.set('switches', 'ping', 'off');
  expect(await worker.engine.set('switches', 'ping', 'on', version)).toEqual({ version, value: 'off' });
  expect(await worker.engine.set('switches', 'ping', 'on', version + 5)).toEqual({ version: version + 5, value: 'on' });
});

test('a worker that has died counts no more, and a first reader of events is known to all', async () => {
  const clock = new ManualClock();
  const primary = new MemoryEngine(clock);
  const [a, b] = [await joined(primary, clock), await joined(primary, clock)];
  expect(b.engine.watched).toBe(false);
  a.engine.watch();
  await a.engine.append('after');
  await b.engine.append('after');
  expect(b.engine.watched).toBe(true);
  a.die();
  clock.advance(5000);
  await b.engine.append('again');
  expect(b.engine.replicas).toBe(1);
});

test('a primary that hangs costs three deadlines; then the worker goes on alone until it answers', async () => {
  const clock = new ManualClock();
  const pair = channelPair(clock);
  const worker = new Worker(new MemoryEngine(clock), clock);
  const engine = new ParentEngine({ channel: pair.worker, replica: 'w', timeoutMs: 150, startTimeoutMs: 1000, clock });
  let answers = true;
  const answer = (value: unknown) => (): unknown => (answers ? value : new Promise(() => {}));
  pair.primary.on('engine.join', answer({ replicas: 2, watched: false }));
  pair.primary.on('engine.take', answer({ allowed: true, remaining: 1 }));
  await engine.join(worker);
  answers = false;
  const limiter = new SharedRateLimiter({ engine, limits: { requests: 10, windowMs: 1000, burst: 10 }, clock });
  for (let call = 0; call < 3; call++) {
    const taking = limiter.take({ caller: 'a', tool: 'b' });
    clock.advance(150);
    expect(await taking).toMatchObject({ allowed: true });
  }
  expect([engine.state, worker.states]).toEqual(['down', ['up', 'down']]);
  expect(limiter.take({ caller: 'a', tool: 'b' })).toMatchObject({ allowed: true });
  answers = true;
  clock.advance(1000);
  await expect.poll(() => engine.state).toBe('up');
});
