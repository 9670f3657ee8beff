/** Servers that share the openings of their breakers, over the engine of a primary and a clock that the test moves. */
import { HealthMonitor } from '@mcp/health';
import { callTool, defineTool, TargetPolicy, Tool, ToolError, ToolRegistry, type BreakerFailure } from '@mcp/tool-base';
import { toStandardJsonSchema } from '@valibot/to-json-schema';
import * as fc from 'fast-check';
import * as v from 'valibot';
import { beforeEach, describe, expect, test } from 'vitest';

import type { EngineListener } from '../cluster/engine.ts';
import { MemoryEngine } from '../cluster/primary/memory-engine.ts';
import type { SharedBreakersOptions } from '../cluster/shared/shared-breakers.ts';
import { RecordingListener } from '../cluster/test-support/recording-listener.ts';
import type { BreakerSharing as Policy } from '../configuration/shape/server-config.ts';
import { ManualClock } from '../foundation/test-support/manual-clock.ts';
import { MemoryEventBus } from '../observability/events/memory-event-bus.ts';
import { BreakerSharing } from './breaker-sharing.ts';
import { watchRegistry, type Observers } from './observers.ts';

const PERIOD_MS = 10_000;
const LONGEST_PERIOD_MS = 40_000;
const AFTER_ONE_FAILURE = 'one failure after it opened on another server';
const AT_ONCE = 'opened on another server';
const policy = new TargetPolicy({ allowed: ['.lab.internal'] });
const input = toStandardJsonSchema(v.strictObject({ host: v.string(), end: v.string() }));
const ignored = (): Disposable => ({ [Symbol.dispose]: () => undefined });

let clock: ManualClock;
let primary: MemoryEngine;
let servers: Server[];
/** Under way to the engine. */
let sent: string[];
beforeEach(() => {
  clock = new ManualClock();
  reset();
});

function reset(): void {
  primary = new MemoryEngine(clock);
  servers = [];
  sent = [];
}

function deliver(): void {
  for (const opening of sent.splice(0)) primary.appendOpening(opening);
}

type End = 'success' | BreakerFailure;

class Server extends RecordingListener implements EngineListener {
  readonly engine: { -readonly [K in keyof SharedBreakersOptions['engine']]: SharedBreakersOptions['engine'][K] } = {
    state: 'up',
    now: () => clock.epochMs(),
    appendOpening: async (opening) => void sent.push(opening),
  };
  readonly sharing: BreakerSharing;
  readonly tool: Tool;
  readonly transitions: string[] = [];

  constructor(sharing: Policy, scope: 'tool' | 'target' = 'target') {
    super();
    const events = new MemoryEventBus();
    events.subscribe(({ type, data }) => {
      if (type === 'breaker.changed') this.transitions.push(`${data.from}->${data.to}: ${data.reason}`);
    });
    const registry = new ToolRegistry();
    const observers: unknown = {
      measurements: { tools: { declare: () => undefined }, breakers: { watch: ignored } },
      notifier: { toolsChanged: () => undefined, resourceUpdated: () => undefined },
      health: new HealthMonitor(),
      checkTiming: { periodMs: 60_000, timeoutMs: 1000 },
      events,
    };
    watchRegistry(registry, observers as Observers);
    const circuitBreaker = {
      scope,
      failureThreshold: 3,
      recoveryTimeoutMs: PERIOD_MS,
      maxRecoveryTimeoutMs: LONGEST_PERIOD_MS,
      jitter: 0,
    };
    const target = { parameter: 'host', kind: 'host', resolve: 'off' } as const;
    const run = ({ end }: { end: string }): string => {
      if (end !== 'success') throw new ToolError(end as BreakerFailure, 'x');
      return 'x';
    };
    const spec = { name: 'probe', description: 'Probes', input, target, circuitBreaker, run };
    this.tool = new Tool(defineTool(spec), { clock, policy });
    registry.add(this.tool);
    this.sharing = new BreakerSharing({ engine: this.engine, events, registry }, sharing);
    servers.push(this);
  }

  override onOpening(opening: string): void {
    super.onOpening(opening);
    this.sharing.receive(opening);
  }
  onTable(): void {}
  onEntry(): void {}

  async call(end: End, host = 'a.lab.internal'): Promise<string> {
    const { error } = await callTool(this.tool, { caller: { name: 'ana' }, arguments: { host, end } });
    return error?.type ?? 'success';
  }

  async fail(times: number, end: End = 'timeout'): Promise<void> {
    for (let call = 0; call < times; call++) await this.call(end);
  }

  get breakerStates(): string[] {
    return [...this.tool.breakers].map(({ state }) => state);
  }

  get primedForMs(): number {
    return this.tool.breakers.find('probe@a.lab.internal')?.stats().primedForMs ?? 0;
  }
}

/** Each has called the target once, which went well. */
async function start(sharing: Policy, count = 3, scope?: 'tool' | 'target'): Promise<Server[]> {
  const started = Array.from({ length: count }, () => new Server(sharing, scope));
  for (const server of started) {
    await server.sharing.start();
    primary.join(server, server);
    await server.call('success');
  }
  return started;
}

const sentCount = (): number => servers[0]?.openings.length ?? 0;

describe('cluster.breakers: primed', () => {
  test('after three failures on one server another opens at its first, and one that only succeeds stays closed', async () => {
    const [a, b, c] = (await start('primed')) as [Server, Server, Server];
    await a.fail(3);
    deliver();
    await b.fail(1);
    for (let call = 0; call < 20; call++) expect(await c.call('success')).toBe('success');
    deliver();
    expect(a.transitions).toEqual(['closed->open: failure threshold reached']);
    expect(b.transitions).toEqual([`closed->open: ${AFTER_ONE_FAILURE}`]);
    expect(c.transitions).toEqual([]);
    expect([a, b, c].map(({ sharing }) => sharing.openings)).toEqual([0, 1, 0]);
  });

  test('what another server caused is not passed on', async () => {
    const [a, b, c] = (await start('primed')) as [Server, Server, Server];
    await a.fail(3);
    deliver();
    await b.fail(1);
    await c.fail(1);
    deliver();
    expect(sentCount()).toBe(1);
    expect(servers.map(({ breakerStates }) => breakerStates)).toEqual([['open'], ['open'], ['open']]);
  });

  test('lasts as long as the other is open, by the clock that they have in common', async () => {
    const [a, b] = (await start('primed', 2)) as [Server, Server];
    await a.fail(3);
    clock.advance(4000);
    deliver();
    expect([a.primedForMs, b.primedForMs]).toEqual([0, PERIOD_MS - 4000]);
    clock.advance(PERIOD_MS - 4000);
    await b.fail(2);
    expect(b.transitions).toEqual([]);
  });

  test('a failed probe is passed on as well: the target is still down', async () => {
    const [a, b] = (await start('primed', 2)) as [Server, Server];
    await a.fail(3);
    clock.advance(PERIOD_MS);
    await a.fail(1);
    deliver();
    expect(sentCount()).toBe(2);
    expect(b.primedForMs).toBe(1.5 * PERIOD_MS);
  });
});

describe('cluster.breakers: any', () => {
  test('the others open at once, and admit a probe when the first does', async () => {
    const [a, b, c] = (await start('any')) as [Server, Server, Server];
    await a.fail(3);
    clock.advance(4000);
    deliver();
    for (const { transitions } of [b, c]) expect(transitions).toEqual([`closed->open: ${AT_ONCE}`]);
    expect(await b.call('success')).toBe('circuit_breaker_open');
    expect(sentCount()).toBe(1);
    clock.advance(PERIOD_MS - 4000);
    expect(servers.map(({ breakerStates }) => breakerStates)).toEqual([['half_open'], ['half_open'], ['half_open']]);
    expect(await b.call('success')).toBe('success');
  });

  test('a breaker that tests whether the target has recovered goes on with that', async () => {
    const [a, b] = (await start('any', 2)) as [Server, Server];
    await b.fail(3);
    deliver();
    clock.advance(PERIOD_MS);
    await a.fail(1);
    deliver();
    expect(b.breakerStates).toEqual(['half_open']);
  });
});

describe('whatever the policy', () => {
  test.each<[string, End[]]>([
    ['unavailable', ['unavailable', 'unavailable', 'unavailable']],
    ['unavailable among others', ['timeout', 'unavailable', 'execution_error']],
  ])('an opening by errors of type %s stays on its server', async (_, ends) => {
    const [a, b] = (await start('any', 2)) as [Server, Server];
    for (const end of ends) await a.call(end);
    deliver();
    expect([a.breakerStates, b.breakerStates, sentCount()]).toEqual([['open'], ['closed'], 0]);
  });

  test('an opening by timeouts and execution errors is shared, also after others of another type', async () => {
    const [a, b] = (await start('any', 2)) as [Server, Server];
    for (const end of ['unavailable', 'success', 'timeout', 'execution_error', 'timeout'] as const) await a.call(end);
    deliver();
    expect(b.breakerStates).toEqual(['open']);
  });

  test('a breaker of all targets counts alone', async () => {
    const [a, b] = (await start('any', 2, 'tool')) as [Server, Server];
    await a.fail(3);
    a.sharing.receive(opening());
    deliver();
    expect([a.breakerStates, b.breakerStates, sentCount()]).toEqual([['open'], ['closed'], 0]);
  });

  test('what an operator forces is no opening of this kind', async () => {
    const [a] = (await start('any', 2)) as [Server, Server];
    await a.fail(2);
    a.tool.breakers.force('open', 'by an operator');
    deliver();
    expect(sentCount()).toBe(0);
  });

  test('an opening that comes back to its own server changes nothing there, also after a reset', async () => {
    const [a] = (await start('any', 1)) as [Server];
    await a.fail(3);
    a.tool.breakers.reset();
    deliver();
    expect([sentCount(), a.breakerStates]).toEqual([1, ['closed']]);
  });

  test('a forced breaker is left as it is', async () => {
    const [a, b] = (await start('any', 2)) as [Server, Server];
    b.tool.breakers.force('closed', 'by an operator');
    await a.fail(3);
    deliver();
    expect(new Set(b.breakerStates)).toEqual(new Set(['closed']));
  });

  test('other targets, and servers that have not called this one, are left as they are', async () => {
    const [a, b] = (await start('any', 2)) as [Server, Server];
    for (let call = 0; call < 3; call++) await a.call('timeout', 'other.lab.internal');
    deliver();
    expect([sentCount(), b.breakerStates]).toEqual([1, ['closed']]);
  });

  test('an engine that does not answer is asked for a hundred openings at once, and for more when it does', async () => {
    const [a] = (await start('any', 1)) as [Server];
    const answers: (() => void)[] = [];
    a.engine.appendOpening = () => new Promise((resolve) => answers.push(resolve));
    const failThrice = async (host: string): Promise<void> => {
      for (let call = 0; call < 3; call++) await a.call('timeout', `${host}.lab.internal`);
    };
    for (let host = 0; host < 120; host++) await failThrice(`h${host}`);
    expect(answers).toHaveLength(100);
    answers[0]?.();
    await failThrice('late');
    await failThrice('later');
    expect(answers).toHaveLength(101);
  });

  test('while the engine is down nothing is shared, and a call does not wait', async () => {
    const [a, b] = (await start('any', 2)) as [Server, Server];
    a.engine.state = 'down';
    await a.fail(3);
    deliver();
    expect([a.breakerStates, b.breakerStates, sentCount()]).toEqual([['open'], ['closed'], 0]);
  });
});

describe('cluster.breakers: off', () => {
  test('sends nothing, and applies nothing that another sends', async () => {
    const [a, b] = (await start('off', 2)) as [Server, Server];
    await b.sharing.apply('any');
    await a.fail(3);
    deliver();
    expect([sentCount(), b.breakerStates]).toEqual([0, ['closed']]);
    await b.fail(3);
    clock.advance(PERIOD_MS - 1);
    deliver();
    expect(a.transitions).toEqual(['closed->open: failure threshold reached']);
  });

  test('a reload changes it in both directions', async () => {
    const [a, b] = (await start('off', 2)) as [Server, Server];
    for (const server of [a, b]) await server.sharing.apply('primed');
    for (const server of [a, b]) await server.sharing.apply('any');
    await a.fail(3);
    deliver();
    expect([b.breakerStates, b.sharing.openings]).toEqual([['open'], 1]);
    await b.sharing.apply('off');
    b.tool.breakers.reset();
    b.sharing.receive(opening());
    expect(b.breakerStates).toEqual(['closed']);
    expect(b.sharing.openings).toBe(1);
  });
});

test('of two changes at once the later counts, and a start does not undo a change', async () => {
  for (const [first, then, state] of [
    ['any', 'off', 'closed'],
    ['off', 'any', 'open'],
  ] as const) {
    const server = new Server(first);
    await server.call('success');
    await Promise.all([server.sharing.start(), server.sharing.apply(then)]);
    await server.sharing.start();
    server.sharing.receive(opening());
    expect(server.breakerStates).toEqual([state]);
  }
});

/** As another server would write it. */
function opening(more: object = {}): string {
  const untilMs = clock.epochMs() + PERIOD_MS;
  return JSON.stringify({ by: 'x', tool: 'probe', breaker: 'probe@a.lab.internal', untilMs, ...more });
}

describe('what comes from the engine', () => {
  test('is ignored when its period is over', async () => {
    const [a] = (await start('any', 1)) as [Server];
    for (const untilMs of [0, clock.epochMs() - 1, clock.epochMs()]) a.sharing.receive(opening({ untilMs }));
    expect(a.breakerStates).toEqual(['closed']);
  });

  test('has no effect for longer than the longest open period of the breaker', async () => {
    const [a] = (await start('primed', 1)) as [Server];
    a.sharing.receive(opening({ untilMs: Number.MAX_VALUE }));
    expect(a.primedForMs).toBe(LONGEST_PERIOD_MS);
  });

  test('is ignored when it is none of this kind, and makes no breaker', async () => {
    const [a] = (await start('any', 1)) as [Server];
    const wrong = [
      '',
      '{',
      'null',
      '[]',
      '"x"',
      opening({ by: 1 }),
      opening({ tool: undefined }),
      opening({ tool: 'constructor' }),
      opening({ breaker: 'probe@b.lab.internal' }),
      opening({ breaker: {} }),
      opening({ untilMs: '9e15' }),
      opening({ by: 'x'.repeat(513) }),
    ];
    for (const text of wrong) a.sharing.receive(text);
    expect(a.breakerStates).toEqual(['closed']);
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => a.sharing.receive(text)),
      { numRuns: 300 },
    );
    expect(a.breakerStates).toEqual(['closed']);
  });
});

test('in any history only openings by own failures are sent, each once', async () => {
  const step = fc.tuple(
    fc.nat({ max: 2 }),
    fc.constantFrom('success', 'timeout', 'timeout', 'timeout', 'unavailable', 'advance', 'deliver'),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom<Policy>('primed', 'any'),
      fc.array(step, { maxLength: 60 }),
      async (sharing, steps) => {
        reset();
        await start(sharing);
        for (const [index, act] of steps) {
          if (act === 'advance') clock.advance(PERIOD_MS / 2);
          else if (act === 'deliver') deliver();
          else await servers[index]?.call(act);
        }
        deliver();
        const openings = servers.flatMap(({ transitions }) => transitions.filter((each) => each.includes('->open')));
        const caused = openings.filter((each) => each.includes('another server'));
        expect(sentCount()).toBeLessThanOrEqual(openings.length - caused.length);
        expect(servers.reduce((sum, server) => sum + server.sharing.openings, 0)).toBe(caused.length);
      },
    ),
    { numRuns: 60 },
  );
});
