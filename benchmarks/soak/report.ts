/** The run as Markdown. */
import { machineLine } from '../harness/paired.ts';
import { checksOf } from './checks.ts';
import type { Sample, SoakRun } from './soak-run.ts';

const SHOWN_SAMPLES = 12;

/** @returns whether every check holds */
export function report(run: SoakRun, setup: string): boolean {
  const checks = checksOf(run);
  const shown = run.samples.filter(
    (_, index, all) => index % Math.max(1, Math.floor(all.length / SHOWN_SAMPLES)) === 0 || index === all.length - 1,
  );
  console.log(
    `### Endurance, ${run.minutes.toFixed(1)} minutes\n\n${machineLine()}; ${setup}; ${run.reloads} reloads.\n`,
  );
  table(serverColumns, shown.flatMap(serverRows));
  if (run.before.engines) table(engineColumns, shown.map(engineRow));
  table(
    ['kind of work', 'rounds'],
    Object.entries(run.rounds).map(([name, rounds]) => [name, `${rounds}`]),
  );
  table(
    ['check', 'result', ''],
    checks.map(({ name, value, ok }) => [name, value, ok ? 'ok' : 'FAILED']),
  );
  for (const message of run.wrong.slice(0, 20)) console.log(`wrong: ${message}\n`);
  return checks.every(({ ok }) => ok);
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): void {
  const lines = [columns, columns.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  console.log(`${lines.join('\n')}\n`);
}

const serverColumns = [
  'minute',
  'rounds of work',
  'server',
  'heap after collection, MB',
  'resident, MB',
  'descriptors',
  'timers',
  'loop p99, ms',
  'loop longest, ms',
  'programs of all',
];

function serverRows({ minute, rounds, servers, programs }: Sample): string[][] {
  return servers.map((one, index) => [
    minute.toFixed(1),
    `${rounds}`,
    `${index + 1}`,
    one.heapMb.toFixed(1),
    one.residentMb.toFixed(0),
    `${one.descriptors}`,
    `${one.timers}`,
    one.p99DelayMs.toFixed(1),
    one.maxDelayMs.toFixed(0),
    `${programs}`,
  ]);
}

const engineColumns = [
  'minute',
  'connections to PostgreSQL',
  'Redis, MB',
  'keys in Redis',
  'jobs kept',
  'of these open',
  'past retention',
  'audit entries',
];

function engineRow({ minute, engines }: Sample): string[] {
  if (!engines) return [];
  const { connections, redisMb, redisKeys, jobs, openJobs, overdueJobs, auditEntries } = engines;
  const counts = [redisKeys, jobs, openJobs, overdueJobs, auditEntries].map(String);
  return [minute.toFixed(1), connections.join(' and '), redisMb.toFixed(1), ...counts];
}
