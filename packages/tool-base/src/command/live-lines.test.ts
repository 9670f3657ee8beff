import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { Progress } from '../declare/ports.ts';
import { ManualClock } from '../test-support/manual-clock.ts';
import { LiveLines } from './live-lines.ts';

const report = vi.fn<(progress: Progress) => void>();
const messages = (): readonly (string | undefined)[] => report.mock.calls.map(([progress]) => progress.message);

let clock: ManualClock;

beforeEach(() => {
  clock = new ManualClock();
  report.mockClear();
});

describe('live lines', () => {
  test('the first line is reported at once, later lines together every 100 ms', () => {
    const lines = new LiveLines(report, clock);
    lines.write(Buffer.from('one\n'));
    lines.write(Buffer.from('two\nth'));
    lines.write(Buffer.from('ree\n'));
    expect(messages()).toEqual(['one']);
    clock.advance(100);
    expect(messages()).toEqual(['one', 'two\nthree']);
    expect(report.mock.calls.map(([progress]) => progress.progress)).toEqual([1, 3]);
  });

  test('a carriage return ends a line, also one that is divided from its line feed', () => {
    const lines = new LiveLines(report, clock);
    lines.write(Buffer.from('10%\r20%\r'));
    lines.write(Buffer.from('30%\r'));
    lines.write(Buffer.from('\nx\r\n'));
    lines.end();
    expect(messages().join('|').split(/\n|\|/)).toEqual(['10%', '20%', '30%', 'x']);
  });

  test('a line is reported even if no other line follows', () => {
    const lines = new LiveLines(report, clock);
    lines.write(Buffer.from('one\n'));
    clock.advance(1000);
    lines.write(Buffer.from('two\n'));
    lines.write(Buffer.from('three\n'));
    expect(messages()).toEqual(['one', 'two']);
    clock.advance(100);
    expect(messages()).toEqual(['one', 'two', 'three']);
  });

  test('the end reports the rest, an unfinished line included, and leaves no timer', () => {
    const lines = new LiveLines(report, clock);
    lines.write(Buffer.from('one\ntwo'));
    lines.end();
    expect(messages()).toEqual(['one', 'two']);
    expect(clock.pendingTimers).toBe(0);
    new LiveLines(report, clock).end();
    expect(report).toHaveBeenCalledTimes(2);
  });

  test('a flood is bounded: few reports, short ones, and no line is kept for long', () => {
    const lines = new LiveLines(report, clock);
    for (let chunk = 0; chunk < 1000; chunk += 1) lines.write(Buffer.from('y\n'.repeat(1000)));
    lines.write(Buffer.from('x'.repeat(1_000_000)));
    lines.end();
    expect(report.mock.calls.length).toBeLessThan(5);
    for (const message of messages()) expect(message?.length).toBeLessThanOrEqual(4096);
    expect(report.mock.lastCall?.[0].progress).toBe(1_000_001);
  });

  test('control characters are removed', () => {
    new LiveLines(report, clock).write(Buffer.from('a\u001b[2Jb\n'));
    expect(messages()).toEqual(['ab']);
  });
});
