/** What must hold after an endurance run. */
import { median } from '../harness/table.ts';
import type { EngineSample } from './engines.ts';
import type { ServerSample } from './probed-server.ts';
import type { Sample, SoakRun } from './soak-run.ts';

export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly value: string;
}

/** Memory of Redis for a session that was ended, which is kept for a day. */
const ENDED_SESSION_BYTES = 300;

export function checksOf(run: SoakRun): Check[] {
  const idle = Object.entries(run.rounds).filter(([, rounds]) => rounds === 0);
  return [
    check('no wrong response', run.wrong.length === 0, `${run.wrong.length}`),
    check('every kind of work was done', idle.length === 0, idle.map(([name]) => name).join(', ') || 'yes'),
    ...run.before.servers.flatMap((_, index) => serverChecks(run, index)),
    check(
      'no program left, of a tool, a job or an upstream',
      run.after.programs + run.programsLeft === 0,
      programs(run),
    ),
    ...(run.after.engines ? engineChecks(run, run.after.engines) : []),
  ];
}

const check = (name: string, ok: boolean, value: string): Check => ({ name, ok, value });
const programs = (run: SoakRun): string => `${run.after.programs}, ${run.programsLeft} after the servers`;

function serverChecks(run: SoakRun, index: number): Check[] {
  const which = run.before.servers.length === 1 ? '' : `server ${index + 1}: `;
  const values = (of: (server: ServerSample) => number): ((sample: Sample) => number) => {
    return ({ servers }) => (servers[index] ? of(servers[index]) : Number.NaN);
  };
  const heap = growth(
    run,
    values(({ heapMb }) => heapMb),
  );
  const resident = growth(
    run,
    values(({ residentMb }) => residentMb),
  );
  const delay = median(run.samples.map(values(({ p99DelayMs }) => p99DelayMs)));
  const [before, after] = [atRest(run.before, index), atRest(run.after, index)];
  const pair = (of: 'descriptors' | 'timers'): string => `${before[of]} -> ${after[of]}`;
  return [
    check(`${which}heap flat after warm-up, second half against first`, heap < 4, `${heap.toFixed(1)} MB`),
    check(`${which}resident memory, the same`, resident < 32, `${resident.toFixed(1)} MB`),
    check(`${which}no descriptor leaked`, after.descriptors <= before.descriptors + 2, pair('descriptors')),
    check(`${which}no timer leaked`, after.timers <= before.timers + 2, pair('timers')),
    check(`${which}event loop, median of p99`, delay < 100, `${delay.toFixed(1)} ms`),
    check(`${which}exit code 0 on SIGTERM`, run.exitCodes[index] === 0, `${run.exitCodes[index]}`),
  ];
}

/** Without its connections to PostgreSQL, of which a pool may have opened more meanwhile. */
function atRest(
  { servers, engines }: Sample,
  index: number,
): { readonly descriptors: number; readonly timers: number } {
  const server = servers[index];
  if (!server) throw new RangeError(`there is no server ${index}`);
  return { descriptors: server.descriptors - (engines?.connections[index] ?? 0), timers: server.timers };
}

function engineChecks(run: SoakRun, after: EngineSample): Check[] {
  const endedMb = ({ engines }: Sample): number => ((engines?.redisKeys ?? 0) * ENDED_SESSION_BYTES) / 1e6;
  const redis = growth(run, (sample) => (sample.engines?.redisMb ?? Number.NaN) - endedMb(sample));
  const most = (of: 'overdueJobs' | 'overdueEntries' | 'lostPieces'): number =>
    Math.max(...run.samples.map(({ engines }) => engines?.[of] ?? Number.NaN));
  return [
    check('Redis flat after warm-up, without the sessions that were ended', redis < 4, `${redis.toFixed(1)} MB`),
    check('no job beyond its retention', most('overdueJobs') === 0, `${most('overdueJobs')}`),
    check('no output of a job that is gone', after.lostPieces === 0, `${after.lostPieces}`),
    check('no audit entry beyond its retention', most('overdueEntries') === 0, `${most('overdueEntries')}`),
    check('every job ended, completed or cancelled', after.openJobs + after.failedJobs === 0, jobs(after)),
  ];
}

const jobs = ({ openJobs, failedJobs }: EngineSample): string => `${openJobs} open, ${failedJobs} otherwise`;

/** After the first third of the run: the median of the second half less that of the first. */
function growth({ samples }: SoakRun, of: (sample: Sample) => number): number {
  const warm = samples.slice(Math.floor(samples.length / 3)).map(of);
  const half = Math.floor(warm.length / 2);
  return median(warm.slice(half)) - median(warm.slice(0, half));
}
