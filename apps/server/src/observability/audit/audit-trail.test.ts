import { describe, expect, test } from 'vitest';
import { auditIdAfter, type AuditEntry, type AuditRecord } from './audit-entry.ts';
import type { AuditStore } from './audit-store.ts';
import type { EntriesText } from './entries-text.ts';
import { AuditTrail, type AuditTrailOptions } from './audit-trail.ts';
import { StartError } from '../../foundation/start-error.ts';
import { ManualClock } from '../../foundation/test-support/manual-clock.ts';
import { MemoryAuditStore } from './memory-store.ts';

/** A memory store that fails or hangs on demand. */
class FaultyStore implements AuditStore {
  readonly kind = 'test';
  readonly #inner = new MemoryAuditStore();
  fault: Error | 'hang' | undefined;
  appends = 0;
  /** Ends the hanging. */
  goOn: () => void = () => {};

  appendText(entries: EntriesText): Promise<void> {
    return this.#inner.appendText(entries);
  }

  async append(entries: readonly AuditEntry[]): Promise<void> {
    this.appends++;
    await this.#applyFault();
    await this.#inner.append(entries);
  }
  async query(query: Parameters<AuditStore['query']>[0]): Promise<AuditEntry[]> {
    await this.#applyFault();
    return this.#inner.query(query);
  }
  async prune(retention: Parameters<AuditStore['prune']>[0]): Promise<void> {
    await this.#applyFault();
    return this.#inner.prune(retention);
  }
  async close(): Promise<void> {}

  async #applyFault(): Promise<void> {
    if (this.fault === 'hang') await new Promise<void>((resolve) => (this.goOn = resolve));
    if (this.fault instanceof Error) throw this.fault;
  }
}

const full = (): Error => Object.assign(new Error('no space left on /secret/place'), { code: 'ENOSPC' });
const call = (change: Partial<AuditRecord> = {}): AuditRecord => ({
  correlationId: 'c1',
  caller: 'ci',
  tool: 'ping',
  decision: 'allowed',
  outcome: 'success',
  durationMs: 12,
  queueMs: 0,
  outputBytes: 100,
  ...change,
});

function setup(options: Partial<AuditTrailOptions> = {}): {
  trail: AuditTrail;
  store: FaultyStore;
  clock: ManualClock;
} {
  const store = new FaultyStore();
  const clock = new ManualClock();
  return { trail: new AuditTrail({ store, clock, ...options }), store, clock };
}
const toolsOf = (page: { entries: readonly AuditEntry[] }): string[] => page.entries.map((entry) => entry.tool);

test('shows who, what, decision, outcome, duration and bytes, newest first', async () => {
  const { trail, clock } = setup();
  trail.record(call({ exitCode: 0 }));
  trail.record(call({ tool: 'dig', decision: 'refused', outcome: 'forbidden', reason: 'scope' }));
  const { entries, complete } = await trail.query();
  expect(complete).toBe(true);
  expect(entries).toEqual([
    { ...call({ tool: 'dig', decision: 'refused', outcome: 'forbidden', reason: 'scope' }), ...seen() },
    { ...call({ exitCode: 0 }), ...seen() },
  ]);
  function seen(): object {
    return { id: expect.stringMatching(/^[0-9a-f]{12}-/) as string, at: clock.epochMs(), argumentShape: {} };
  }
});

test('shows where a call came from, without control characters and shortened', async () => {
  const { trail } = setup();
  const client = { name: `evil\u001b${'x'.repeat(500)}`, version: '1\n2' };
  trail.record(call({ address: '10.0.0.9', client, keyName: 'ci' }));
  const [entry] = (await trail.query()).entries;
  expect(entry).toMatchObject({ address: '10.0.0.9', keyName: 'ci', client: { version: '1\ufffd2' } });
  expect(entry?.client?.name).toMatch(/^evil\ufffdx{123}$/u);
});

describe('arguments', () => {
  const secret = { target: '10.0.0.1', token: 'hunter2', ports: [1, 2], deep: { a: 1 }, n: 1.5, on: true };

  test('are recorded by shape', async () => {
    const { trail } = setup();
    trail.record(call({ arguments: secret }));
    const { entries } = await trail.query();
    expect(entries[0]?.argumentShape).toEqual({
      target: 'string(8)',
      token: 'string(7)',
      ports: 'array(2)',
      deep: 'object(1)',
      n: 'number',
      on: 'boolean',
    });
    expect(JSON.stringify(entries)).not.toContain('hunter2');
  });

  test('are recorded by value, truncated, only when enabled', async () => {
    const { trail } = setup({ recordArguments: true });
    trail.record(call({ arguments: secret }));
    trail.record(call({ arguments: { long: 'x'.repeat(10_000) } }));
    const { entries } = await trail.query();
    expect(entries[1]?.argumentText).toBe(JSON.stringify(secret));
    expect(entries[0]?.argumentText).toHaveLength(4096);
  });

  test('cannot make an entry large or unacceptable to a store', async () => {
    const { trail } = setup({ recordArguments: true });
    const cyclic: Record<string, unknown> = {};
    cyclic['self'] = cyclic;
    trail.record(call({ arguments: cyclic }));
    const many = Object.fromEntries(Array.from({ length: 900 }, (_, i) => [`k${i}${'x'.repeat(500)}`, i]));
    trail.record(call({ arguments: many, tool: 'a\u0000b\ud800', caller: 'x\ny', durationMs: Number.NaN }));
    const [entry] = (await trail.query()).entries;
    expect(entry).toMatchObject({ tool: 'a\ufffdb\ufffd', caller: 'x\ufffdy', durationMs: 0 });
    expect(entry?.argumentShape['...']).toBe('868');
    expect(JSON.stringify(entry).length).toBeLessThan(10_000);
  });
});

test('writes in the background, many entries at a time', async () => {
  const { trail, store, clock } = setup();
  for (let i = 0; i < 150; i++) trail.record(call());
  expect(store.appends).toBe(0);
  await clock.advanceAsync(200);
  expect(store.appends).toBe(1);
  expect(trail.health().pending).toBe(0);
});

describe('entries that come while a batch is written', () => {
  test('wait for the next one, which is not begun at once', async () => {
    const { trail, store, clock } = setup();
    store.fault = 'hang';
    trail.record(call());
    await clock.advanceAsync(200);
    for (let i = 0; i < 5; i++) trail.record(call());
    store.fault = undefined;
    store.goOn();
    await clock.advanceAsync(199);
    expect(store.appends).toBe(1);
    await clock.advanceAsync(1);
    expect(store.appends).toBe(2);
    expect(trail.health().pending).toBe(0);
  });

  test.each([
    ['a flush', (trail: AuditTrail) => trail.flush()],
    ['closing', (trail: AuditTrail) => trail[Symbol.asyncDispose]()],
  ])('are written by %s', async (_, write) => {
    const { trail, store, clock } = setup();
    store.fault = 'hang';
    trail.record(call());
    await clock.advanceAsync(200);
    trail.record(call());
    const written = write(trail);
    store.fault = undefined;
    store.goOn();
    await written;
    expect(store.appends).toBe(2);
    expect(trail.health().pending).toBe(0);
  });

  test('are written at once where they fill half of the buffer', async () => {
    const { trail, store, clock } = setup({ bufferSize: 10 });
    store.fault = 'hang';
    trail.record(call());
    await clock.advanceAsync(200);
    for (let i = 0; i < 5; i++) trail.record(call());
    store.fault = undefined;
    store.goOn();
    await clock.advanceAsync(0);
    expect(store.appends).toBe(2);
  });
});

describe('query', () => {
  test('filters by tool and caller and continues where the last page ended', async () => {
    const { trail } = setup();
    for (let i = 0; i < 5; i++) trail.record(call({ tool: `t${i}`, caller: i % 2 === 0 ? 'ann' : 'bob' }));
    expect(toolsOf(await trail.query({ caller: 'bob' }))).toEqual(['t3', 't1']);
    expect(toolsOf(await trail.query({ tool: 't2' }))).toEqual(['t2']);
    const first = await trail.query({ limit: 3 });
    expect(toolsOf(first)).toEqual(['t4', 't3', 't2']);
    const second = await trail.query({ limit: 3, before: first.next ?? '' });
    expect(toolsOf(second)).toEqual(['t1', 't0']);
    expect(second.next).toBeUndefined();
  });

  test.each([{ limit: 0 }, { limit: 1001 }, { limit: 1.5 }, { before: 'x' }, { before: "' OR 1=1" }])(
    'refuses %j',
    async (query) => {
      await expect(setup().trail.query(query)).rejects.toThrow(RangeError);
    },
  );

  test('keeps the order of recording when the clock is set back', async () => {
    const { trail, clock } = setup();
    trail.record(call({ tool: 'first' }));
    clock.stepEpoch(-86_400_000);
    trail.record(call({ tool: 'second' }));
    expect(toolsOf(await trail.query())).toEqual(['second', 'first']);
  });
});

describe('a reader who may see some entries', () => {
  const hasOddNumber = ({ tool }: AuditEntry): boolean => Number(tool.slice(1)) % 2 === 1;

  test('gets full pages of those, and continues where the last page ended', async () => {
    const { trail } = setup();
    for (let i = 0; i < 900; i++) trail.record(call({ tool: `t${i}` }));
    const first = await trail.query({ limit: 300 }, hasOddNumber);
    expect(toolsOf(first)).toEqual(Array.from({ length: 300 }, (_, i) => `t${899 - 2 * i}`));
    const second = await trail.query({ limit: 300, before: first.next! }, hasOddNumber);
    expect(toolsOf(second)).toEqual(Array.from({ length: 150 }, (_, i) => `t${299 - 2 * i}`));
    expect(second.next).toBeUndefined();
  });

  test('gets an unfinished page with a next id when few of many entries are visible', async () => {
    const { trail } = setup();
    for (let i = 0; i < 6000; i++) trail.record(call({ tool: `t${i}` }));
    const first = await trail.query({}, ({ tool }) => tool === 't3');
    expect(first).toMatchObject({ entries: [], complete: true, next: expect.any(String) });
    expect(toolsOf(await trail.query({ before: first.next! }, ({ tool }) => tool === 't3'))).toEqual(['t3']);
  });

  test('gets an incomplete page, marked as such, when the store did not answer', async () => {
    const { trail, store } = setup();
    store.fault = full();
    trail.record(call({ tool: 't1' }));
    expect(await trail.query({}, hasOddNumber)).toMatchObject({ entries: [{ tool: 't1' }], complete: false });
  });
});

describe('a store that fails', () => {
  test('fails no call, loses nothing that fits the buffer, and degrades health until it recovers', async () => {
    const { trail, store, clock } = setup();
    store.fault = full();
    trail.record(call({ tool: 'kept' }));
    await clock.advanceAsync(200);
    expect(trail.health()).toMatchObject({ status: 'degraded', pending: 1, dropped: 0 });
    expect(trail.health().message).toContain('ENOSPC');
    expect(trail.health().message).not.toContain('secret');
    store.fault = undefined;
    await clock.advanceAsync(30_000);
    expect(trail.health()).toMatchObject({ status: 'healthy', pending: 0 });
    expect(await trail.query()).toMatchObject({ complete: true, entries: [{ tool: 'kept' }] });
  });

  test('is retried with growing delays', async () => {
    const { trail, store, clock } = setup();
    store.fault = full();
    trail.record(call());
    await clock.advanceAsync(200 + 1000 + 2000 + 4000);
    expect(store.appends).toBe(4);
    await clock.advanceAsync(600_000);
    expect(store.appends).toBeLessThan(27);
  });

  test('keeps its delay when the buffer is half full', async () => {
    const { trail, store, clock } = setup({ bufferSize: 10 });
    store.fault = full();
    trail.record(call());
    await clock.advanceAsync(200);
    for (let i = 0; i < 8; i++) trail.record(call());
    await clock.advanceAsync(0);
    expect(store.appends).toBe(1);
  });

  test('loses the entries beyond the buffer and counts them', async () => {
    const { trail, store, clock } = setup({ bufferSize: 3 });
    store.fault = full();
    for (let i = 0; i < 10; i++) trail.record(call());
    await clock.advanceAsync(200);
    expect(trail.health()).toMatchObject({ pending: 3, dropped: 7 });
  });

  test('still shows pending entries, and marks the page as incomplete', async () => {
    const { trail, store } = setup();
    store.fault = full();
    trail.record(call({ tool: 'a' }));
    trail.record(call({ tool: 'b' }));
    const page = await trail.query({ tool: 'b' });
    expect(toolsOf(page)).toEqual(['b']);
    expect(page.complete).toBe(false);
  });

  test('only on reading degrades health until reading works again', async () => {
    const { trail, store } = setup();
    store.fault = full();
    await trail.query();
    expect(trail.health().status).toBe('degraded');
    store.fault = undefined;
    await trail.query();
    expect(trail.health().status).toBe('healthy');
  });
});

describe('a burst', () => {
  test('is written before the flush timer, so that a store that keeps up loses nothing', async () => {
    const { trail, clock } = setup({ bufferSize: 10 });
    for (let calls = 0; calls < 100; calls++) {
      trail.record(call());
      await clock.advanceAsync(0);
    }
    expect(trail.health().dropped).toBe(0);
  });
});

test('a failing store is reported once, and again when it works', async () => {
  const changes: (string | undefined)[] = [];
  const { trail, store, clock } = setup({ onStoreChange: (failure) => void changes.push(failure) });
  store.fault = full();
  await trail.checkStore();
  expect(changes).toEqual(['ENOSPC']);
  expect(trail.health().status).toBe('degraded');
  trail.record(call());
  await clock.advanceAsync(200);
  store.fault = undefined;
  await clock.advanceAsync(1000);
  await trail.checkStore();
  expect(changes).toEqual(['ENOSPC', undefined]);
});

test('health repeats what this server says about a store, and nothing that a driver says', async () => {
  const { trail, store } = setup();
  const message = 'The audit log was written by a newer server.';
  for (const [fault, shown] of [
    [new StartError(message), message],
    [new Error('no password for ops at db.lab.internal'), 'failed'],
  ] as const) {
    store.fault = fault;
    await trail.checkStore();
    expect(trail.health().message).toContain(shown);
    expect(trail.health().message).not.toContain('ops at');
  }
});

describe('a store that hangs', () => {
  test('blocks neither calls nor shutdown, and degrades health', async () => {
    const { trail, store, clock } = setup({ bufferSize: 5 });
    store.fault = 'hang';
    trail.record(call());
    await clock.advanceAsync(200);
    for (let i = 0; i < 10; i++) trail.record(call());
    expect(trail.health()).toMatchObject({ pending: 5, dropped: 6 });
    await clock.advanceAsync(10_001);
    expect(trail.health()).toMatchObject({
      status: 'degraded',
      message: expect.stringContaining('no answer') as string,
    });
    const closing = trail[Symbol.asyncDispose]();
    await clock.advanceAsync(5_000);
    await closing;
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('a store that answers no query', () => {
  test('is waited for five seconds, once, and asked again when it has answered', async () => {
    const { trail, store, clock } = setup();
    store.fault = 'hang';
    const first = trail.query();
    await clock.advanceAsync(5000);
    expect(await first).toMatchObject({ complete: false });
    expect(await trail.query()).toMatchObject({ complete: false });
    expect(trail.health()).toMatchObject({
      status: 'degraded',
      message: expect.stringContaining('no answer') as string,
    });
    store.fault = undefined;
    store.goOn();
    await clock.advanceAsync(0);
    expect(trail.health()).toMatchObject({ status: 'healthy' });
    expect(await trail.query()).toMatchObject({ complete: true });
  });
});

test('a store that was down at the start and came back is known without a query', async () => {
  const { trail, store } = setup();
  store.fault = full();
  await trail.checkStore();
  await trail.prune();
  await trail.recheck();
  expect(trail.health()).toMatchObject({ status: 'degraded' });
  store.fault = undefined;
  await trail.recheck();
  expect(trail.health()).toMatchObject({ status: 'healthy' });
});

describe('closing', () => {
  test('writes pending entries and leaves no timer', async () => {
    const { trail, store, clock } = setup();
    trail.record(call());
    await trail[Symbol.asyncDispose]();
    expect(store.appends).toBe(1);
    expect(clock.pendingTimers).toBe(0);
    trail.record(call());
    expect(trail.health()).toMatchObject({ pending: 0, dropped: 1 });
    expect(clock.pendingTimers).toBe(0);
  });

  test('with a store that fails leaves no timer either', async () => {
    const { trail, store, clock } = setup();
    store.fault = full();
    trail.record(call());
    await trail[Symbol.asyncDispose]();
    expect(clock.pendingTimers).toBe(0);
  });
});

test('removes entries beyond the retention, by age and by number', async () => {
  const { trail, clock } = setup({ retentionMs: 3_600_000, maxEntries: 2 });
  trail.record(call({ tool: 'old' }));
  await clock.advanceAsync(3_000_000);
  trail.record(call({ tool: 'new' }));
  await clock.advanceAsync(1_200_000);
  expect(toolsOf(await trail.query())).toEqual(['new']);
  for (const tool of ['a', 'b', 'c']) trail.record(call({ tool }));
  await trail.flush();
  await trail.prune();
  expect(toolsOf(await trail.query())).toEqual(['c', 'b']);
});

describe('the message of an error', () => {
  const failed = call({ outcome: 'tool_error', message: 'web.lab has no address.', arguments: { target: 'web.lab' } });

  test('is recorded without the values of arguments', async () => {
    const { trail } = setup();
    trail.record(failed);
    expect((await trail.query()).entries[0]?.message).toBe('<target> has no address.');
  });

  test('is recorded as it was where argument values are recorded', async () => {
    const { trail } = setup({ recordArguments: true });
    trail.record(failed);
    expect((await trail.query()).entries[0]?.message).toBe('web.lab has no address.');
  });
});

test('an id after a time leaves out the calls that ended later', async () => {
  const { trail, clock } = setup();
  trail.record(call({ tool: 'first' }));
  const until = clock.epochMs();
  clock.advance(1);
  trail.record(call({ tool: 'second' }));
  expect(toolsOf(await trail.query({ before: auditIdAfter(until) }))).toEqual(['first']);
});
