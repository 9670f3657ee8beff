import { spawn, type ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';

import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';

import { encodeBytes, encodeFrame, encodeNumber, FRAME, FrameReader, type StartRequest } from './frames.ts';
import type * as helpers from './helper-process.ts';
import type { ProgramExit, ProgramSpec, ProgramStartFailure } from './program.ts';
import { isGroupAlive } from './processes/process-group.ts';

const startHelper = vi.fn<() => unknown>();
let HelperProcess: typeof helpers.HelperProcess;

// The files of a package share their modules: the replaced one is for this file only.
beforeAll(async () => {
  vi.resetModules();
  vi.doMock(import('./start-program.ts'), async (original) => ({
    ...(await original()),
    startHelper: startHelper as never,
  }));
  ({ HelperProcess } = await import('./helper-process.ts'));
});
afterAll(() => {
  vi.doUnmock('./start-program.ts');
  vi.resetModules();
});

const SPEC: ProgramSpec = { program: '/bin/true', args: [], maxOutputBytes: 10, graceMs: 100 };
const EXIT = { started: true, exitCode: 0, signal: null, truncated: false, outputBytes: 1 };

/** A helper that a program has taken over: it sends what the test writes. */
class ForgedHelper extends EventEmitter {
  readonly pid: number | undefined = undefined;
  readonly exitCode = null;
  readonly signalCode = null;
  readonly stdin = new PassThrough();
  readonly stdout = new PassThrough();
  readonly kill = vi.fn<(signal: string) => boolean>(() => true);

  ref(): void {}
  unref(): void {}
  sends(...frames: Uint8Array[]): Promise<void> {
    for (const frame of frames) this.stdout.write(frame);
    return new Promise((turn) => setImmediate(turn));
  }
}

let forged: ForgedHelper;
let helper: helpers.HelperProcess;
const lost = vi.fn<(reason: string) => void>();
const output: string[] = [];
const ends: [number, ProgramExit | ProgramStartFailure][] = [];

beforeEach(async () => {
  forged = new ForgedHelper();
  for (const stream of [forged.stdin, forged.stdout]) Object.assign(stream, { ref: () => {}, unref: () => {} });
  startHelper.mockReturnValue(forged);
  lost.mockClear();
  output.length = 0;
  ends.length = 0;
  const started = HelperProcess.start({
    onOutput: (run, stream, bytes) => output.push(`${run} ${stream} ${Buffer.from(bytes).toString()}`),
    onEnd: (run, end) => ends.push([run, end]),
    onStdinRead: () => {},
    onLost: lost,
  });
  await forged.sends(encodeFrame(FRAME.ready, 0, ''));
  helper = await started;
});
afterEach(async () => {
  const closed = helper.close();
  forged.emit('exit', 0, null);
  await closed;
});

/** The folder that the server made for the last run that it started. */
function folderOf(): string {
  const frames = [...new FrameReader().push(forged.stdin.read() as Buffer)];
  const start = frames.findLast(({ type }) => type === FRAME.start)!;
  return (JSON.parse(start.payload.toString()) as StartRequest).directory;
}

const ended = (run: number, end: unknown): Buffer => encodeFrame(FRAME.ended, run, JSON.stringify(end));
const printed = (run: number, text: string): Buffer => encodeFrame(FRAME.stdout, run, text);

test('the private folder of a run is made by the server, and removed by it whatever folder the helper names', async () => {
  const precious = mkdtempSync(join(tmpdir(), 'precious-'));
  mkdirSync(join(precious, 'inside'));
  helper.start(1, SPEC);
  const folder = folderOf();
  expect(existsSync(folder)).toBe(true);
  await forged.sends(ended(1, { ...EXIT, directory: precious }));
  await vi.waitFor(() => expect(existsSync(folder)).toBe(false));
  expect(existsSync(join(precious, 'inside'))).toBe(true);
  rmSync(precious, { recursive: true });
});

test('a process that the helper names and did not start is not signalled, also when the helper is lost', async () => {
  const innocent = spawn('/bin/sh', ['-c', 'echo; exec sleep 60'], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once((innocent as ChildProcess).stdout!, 'data');
  helper.start(1, SPEC);
  await forged.sends(encodeNumber(FRAME.started, 1, innocent.pid!), encodeNumber(FRAME.started, 1, process.pid));
  forged.emit('exit', null, 'SIGKILL');
  expect(lost).toHaveBeenCalledOnce();
  expect(isGroupAlive(innocent.pid)).toBe(true);
  process.kill(-innocent.pid!, 'SIGKILL');
});

test('frames of runs that do not exist have no effect; a hundred are endured', async () => {
  helper.start(1, SPEC);
  await forged.sends(...Array.from({ length: 50 }, (_, at) => [printed(2 + at, 'x'), ended(2 + at, EXIT)]).flat());
  await forged.sends(printed(1, 'real'), ended(1, EXIT));
  expect([output, ends]).toEqual([['1 stdout real'], [[1, { ...EXIT, outputBytes: 4 }]]]);
  expect(lost).not.toHaveBeenCalled();
});

test('more than a hundred end the helper', async () => {
  await forged.sends(...Array.from({ length: 101 }, () => printed(7, 'x')));
  expect(lost).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('more than 100 frames'));
  expect(forged.kill).toHaveBeenLastCalledWith('SIGKILL');
});

test('output beyond the limit of its run is dropped', async () => {
  helper.start(1, SPEC);
  await forged.sends(printed(1, '12345678'), printed(1, 'beyond'), printed(1, '90'));
  expect(output).toEqual(['1 stdout 12345678', '1 stdout 90']);
});

test.each([
  ['an end of no known form', ended(1, { started: true, exitCode: 'zero' })],
  ['an end that is no JSON', encodeFrame(FRAME.ended, 1, '{')],
  ['a frame of no known type', encodeFrame(99, 1, '')],
  ['a process id that is too short', encodeFrame(FRAME.started, 1, 'x')],
  ['a frame larger than any of ours', encodeBytes(FRAME.stdout, 1, Buffer.alloc(5 * 2 ** 20))],
])('%s ends the helper', async (_, frame) => {
  helper.start(1, SPEC);
  await forged.sends(frame);
  expect(lost).toHaveBeenCalledExactlyOnceWith('it sent what is not of the protocol');
});
