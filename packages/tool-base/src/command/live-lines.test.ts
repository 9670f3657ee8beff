import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Progress } from '../declare/ports.ts';
import { LiveLines } from './live-lines.ts';

const report = vi.fn<(progress: Progress) => void>();
const messages = (): readonly (string | undefined)[] => report.mock.calls.map(([progress]) => progress.message);

beforeEach(() => {
  vi.useFakeTimers();
  report.mockClear();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('live lines', () => {
  test('the first line is reported at once, later lines together every 100 ms', () => {
    const lines = new LiveLines(report);
    lines.write('one\n');
    lines.write('two\nth');
    lines.write('ree\n');
    expect(messages()).toEqual(['one']);
    vi.advanceTimersByTime(100);
    expect(messages()).toEqual(['one', 'two\nthree']);
    expect(report.mock.calls.map(([progress]) => progress.progress)).toEqual([1, 3]);
  });

  test('a line is reported even if no other line follows', () => {
    const lines = new LiveLines(report);
    lines.write('one\n');
    vi.advanceTimersByTime(1000);
    lines.write('two\n');
    lines.write('three\n');
    expect(messages()).toEqual(['one', 'two']);
    vi.advanceTimersByTime(100);
    expect(messages()).toEqual(['one', 'two', 'three']);
  });

  test('the end reports the rest, an unfinished line included, and leaves no timer', () => {
    const lines = new LiveLines(report);
    lines.write('one\ntwo');
    lines.end();
    expect(messages()).toEqual(['one', 'two']);
    expect(vi.getTimerCount()).toBe(0);
    new LiveLines(report).end();
    expect(report).toHaveBeenCalledTimes(2);
  });

  test('a flood is bounded: few reports, short ones, and no line is kept for long', () => {
    const lines = new LiveLines(report);
    for (let chunk = 0; chunk < 1000; chunk += 1) lines.write('y\n'.repeat(1000));
    lines.write('x'.repeat(1_000_000));
    lines.end();
    expect(report.mock.calls.length).toBeLessThan(5);
    for (const message of messages()) expect(message?.length).toBeLessThanOrEqual(4096);
    expect(report.mock.lastCall?.[0].progress).toBe(1_000_001);
  });

  test('control characters are removed', () => {
    new LiveLines(report).write('a\u001b[2Jb\n');
    expect(messages()).toEqual(['ab']);
  });
});
