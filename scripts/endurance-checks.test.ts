import { describe, expect, test } from 'vitest';

import { checksOf } from '../benchmarks/soak/checks.ts';
import type { EngineSample } from '../benchmarks/soak/engines.ts';
import type { ServerSample } from '../benchmarks/soak/probed-server.ts';
import type { Sample, SoakRun } from '../benchmarks/soak/soak-run.ts';

const server: ServerSample = {
  heapMb: 50,
  residentMb: 300,
  descriptors: 30,
  timers: 2,
  p99DelayMs: 10,
  maxDelayMs: 20,
};
const engine: EngineSample = {
  connections: [3, 3],
  redisMb: 3,
  redisKeys: 20,
  jobs: 10,
  openJobs: 0,
  failedJobs: 0,
  overdueJobs: 0,
  lostPieces: 0,
  auditEntries: 1000,
  overdueEntries: 0,
};
const sample: Sample = { minute: 1, rounds: 10, servers: [server, server], programs: 0, engines: engine };

const SAMPLES = 30;
const good: SoakRun = {
  minutes: 5,
  reloads: 100,
  before: sample,
  after: sample,
  samples: Array.from({ length: SAMPLES }, () => sample),
  rounds: { calls: 100 },
  wrong: [],
  repeated: 0,
  exitCodes: [0, 0],
  programsLeft: 0,
};

const failed = (run: SoakRun): string[] =>
  checksOf(run)
    .filter(({ ok }) => !ok)
    .map(({ name }) => name);

const ofSecond = (change: Partial<ServerSample>): Sample => ({
  ...sample,
  servers: [server, { ...server, ...change }],
});
const withEngine = (change: Partial<EngineSample>): Sample => ({ ...sample, engines: { ...engine, ...change } });
const growing = (of: (index: number) => Sample): SoakRun => ({
  ...good,
  samples: good.samples.map((_, index) => of(index)),
});

describe('the checks after an endurance run', () => {
  test('hold for a run in which nothing grows and nothing is left', () => {
    expect(failed(good)).toEqual([]);
  });

  test('hold for one server without engines', () => {
    const alone: Sample = { ...sample, servers: [server], engines: undefined };
    const run = { ...good, before: alone, after: alone, samples: good.samples.map(() => alone), exitCodes: [0] };
    expect(failed(run)).toEqual([]);
  });

  test.each<[string, SoakRun]>([
    ['no wrong response', { ...good, wrong: ['calls: 500'] }],
    ['every kind of work was done', { ...good, rounds: { calls: 100, jobs: 0 } }],
    [
      'server 2: heap flat after warm-up, second half against first',
      growing((index) => ofSecond({ heapMb: 50 + index / 2 })),
    ],
    ['server 2: resident memory, the same', growing((index) => ofSecond({ residentMb: 300 + 4 * index }))],
    ['server 2: no descriptor leaked', { ...good, after: ofSecond({ descriptors: 33 }) }],
    ['server 2: no timer leaked', { ...good, after: ofSecond({ timers: 5 }) }],
    ['server 2: event loop, median of p99', growing(() => ofSecond({ p99DelayMs: 400 }))],
    ['server 2: exit code 0 on SIGTERM', { ...good, exitCodes: [0, 70] }],
    ['no program left, of a tool, a job or an upstream', { ...good, after: { ...sample, programs: 1 } }],
    ['no program left, of a tool, a job or an upstream', { ...good, programsLeft: 1 }],
    [
      'Redis flat after warm-up, without the sessions that were ended',
      growing((index) => withEngine({ redisMb: 3 + index / 2 })),
    ],
    ['no job beyond its retention', growing((index) => withEngine({ overdueJobs: index === 3 ? 1 : 0 }))],
    ['no output of a job that is gone', { ...good, after: withEngine({ lostPieces: 4 }) }],
    ['no audit entry beyond its retention', growing((index) => withEngine({ overdueEntries: index === 3 ? 1 : 0 }))],
    ['every job ended, completed or cancelled', { ...good, after: withEngine({ openJobs: 1 }) }],
    ['every job ended, completed or cancelled', { ...good, after: withEngine({ failedJobs: 1 }) }],
  ])('"%s" fails alone', (name, run) => {
    expect(failed(run)).toEqual([name]);
  });

  test('a pool may have opened more connections to PostgreSQL', () => {
    const after = { ...ofSecond({ descriptors: 35 }), engines: { ...engine, connections: [3, 8] } };
    expect(failed({ ...good, after })).toEqual([]);
  });

  test('sessions that were ended may stay in Redis for their day', () => {
    const run = growing((index) => withEngine({ redisKeys: 10_000 * index, redisMb: 3 + 2.5 * index }));
    expect(failed(run)).toEqual([]);
  });
});
