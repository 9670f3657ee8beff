import type { JobAnswer, JobState } from '../api/answers.ts';
import type { Tone } from './outcome.ts';

const TONES: Readonly<Record<JobState, Tone>> = {
  queued: 'neutral',
  running: 'good',
  cancelling: 'warn',
  waiting: 'warn',
  completed: 'good',
  failed: 'bad',
  cancelled: 'neutral',
  lost: 'bad',
  expired: 'bad',
};

/** A state of a newer server has no tone. */
export function jobTone(state: string): Tone {
  return (TONES as Readonly<Record<string, Tone>>)[state] ?? 'neutral';
}

export function isOpenJob({ endedAt }: Pick<JobAnswer, 'endedAt'>): boolean {
  return endedAt === null;
}

/** Milliseconds from its last start to its end, or until now; undefined for one that did not start. */
export function jobTime({ startedAt, endedAt }: JobAnswer, serverNow: number): number | undefined {
  if (startedAt === null) return undefined;
  return Math.max(0, (endedAt === null ? serverNow : Date.parse(endedAt)) - Date.parse(startedAt));
}

/** How many there are of the open ones, in words. */
export function jobSummary(jobs: readonly JobAnswer[]): string {
  const open = jobs.filter(isOpenJob);
  if (open.length === 0) return 'none is open';
  const states = [...new Set(open.map(({ state }) => state))];
  return states.map((state) => `${open.filter((job) => job.state === state).length} ${state}`).join(', ');
}

/** The last part of a text that grows, as far as a page can show it. Whole lines where there are any. */
export function tailOf(text: string, maxLength: number): string {
  const unified = text.replaceAll(/\r\n?/gu, '\n');
  if (unified.length <= maxLength) return unified;
  const cut = unified.slice(-maxLength);
  const line = cut.indexOf('\n');
  return line === -1 ? cut : cut.slice(line + 1);
}
