import { systemClock } from '../../foundation/clock.ts';

let lastMs = Number.NaN;
let lastTime = '';

/**
 * The time of a log line, as the member of its JSON with the comma before it. Formatting costs more than the rest of a short line,
 * and many lines have the same millisecond.
 */
export function isoTime(): string {
  const nowMs = systemClock.epochMs();
  if (nowMs !== lastMs) lastTime = `,"time":"${new Date(nowMs).toISOString()}"`;
  lastMs = nowMs;
  return lastTime;
}
