/** Results are a heading, a line with time and machine, and one table. */
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

import { cpuMsOfChildren } from './process-time.ts';
import { quick } from './quick.ts';

export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly greatest: number;
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

export function spread(values: readonly number[]): Spread {
  return { median: median(values), least: Math.min(...values), greatest: Math.max(...values) };
}

/** Nearest rank; `share` from 0 to 1. */
export function percentile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(values.length * share) - 1)] ?? Number.NaN;
}

/** `121.2 (116.3-125.0)` */
export function show({ median: middle, least, greatest }: Spread, digits: number): string {
  return `${middle.toFixed(digits)} (${least.toFixed(digits)}-${greatest.toFixed(digits)})`;
}

/** A quick run has few and short windows: it fails on what is worse than its limit by more than a quarter. */
const TOLERANCE = quick ? 1.25 : 1;

/** The greatest that a figure may be; `pnpm bench` fails on what is over. */
export function against(limit: number, measured: number): string {
  return measured <= limit * TOLERANCE ? String(limit) : `${limit} **over**`;
}

/** A time depends on the machine, which a quick run knows nothing of: it fails on what no slow machine explains. */
const TOLERANCE_OF_TIMES = quick ? 4 : 1;

/** The greatest that a time may be, where it is not compared with another of the same run. */
export function againstTime(limit: number, measured: number): string {
  return measured <= limit * TOLERANCE_OF_TIMES ? String(limit) : `${limit} **over**`;
}

/** The least that a figure may be; `pnpm bench` fails on what is under. */
export function atLeast(limit: number, measured: number): string {
  return measured >= limit / TOLERANCE ? String(limit) : `${limit} **under**`;
}

export interface Answer {
  readonly title: string;
  /** How it was measured: rounds, what the figures are. */
  readonly method: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function printResults({ title, method, columns, rows }: Answer): void {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const circumstances = [machineLine(), otherWork(), method].filter((text) => text !== '').join('; ');
  const table = [line(columns), `|${columns.map(() => '---').join('|')}|`, ...rows.map(line)];
  process.stdout.write([`### ${title}`, '', `${circumstances}.`, '', ...table, '', ''].join('\n'));
}

/** `2026-11-22, Node 24.21.0, 2 x AMD EPYC, linux`: what a number means nothing without. */
export function machineLine(): string {
  const processors = cpus();
  const model = processors[0]?.model.trim() ?? 'unknown processor';
  const day = new Date().toISOString().slice(0, 10);
  return `${day}, Node ${process.versions.node}, ${processors.length} x ${model}, ${process.platform}`;
}

const startedAt = performance.now();
const busyAtStart = busyMs();

/** Says so when the machine was not ours alone: what ran beside this process and its children since it began. */
function otherWork(): string {
  const { user, system } = process.cpuUsage();
  const others = busyMs() - busyAtStart - (user + system) / 1000 - childrenMs();
  const percent = (others / (performance.now() - startedAt) / cpus().length) * 100;
  return percent < 5 ? '' : `a shared machine: other work took ${percent.toFixed(0)} % of it meanwhile`;
}

function busyMs(): number {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, stolenMs());
}

/** What other virtual machines took of the processors: hundredths of a second, of Linux alone. */
function stolenMs(): number {
  try {
    return Number(readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]?.trim().split(/\s+/u)[8] ?? 0) * 10;
  } catch {
    return 0;
  }
}

/** Processor time of the children: those that run, and those that have ended, of which Linux counts hundredths of a second. */
function childrenMs(): number {
  try {
    const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[13]) + Number(fields[14])) * 10 + cpuMsOfChildren(process.pid);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
