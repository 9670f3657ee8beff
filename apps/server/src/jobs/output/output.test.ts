import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { OutputStream } from '@mcp/tool-base';
import * as fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';

import { FileOutputStore } from './file-output-store.ts';
import { newJobId } from '../record/job-id.ts';
import { readPage, type OutputPage } from './output-page.ts';
import type { OutputRun, OutputStore } from './output-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'output-'));
afterAll(() => rmSync(folder, { recursive: true }));

const store = new FileOutputStore({ folder });

function newRun(): OutputRun {
  return { id: newJobId(), fence: 1, starts: 1 };
}

function nextRun({ id, fence, starts }: OutputRun): OutputRun {
  return { id, fence: fence + 2, starts: starts + 1 };
}

function kept(output: string | Uint8Array, into: OutputStore = store, run = newRun()): OutputRun {
  const writer = into.open(run);
  writer.write('stdout', Buffer.from(output));
  void writer.close();
  return run;
}

async function textOf(run: OutputRun, stream: OutputStream = 'stdout'): Promise<string> {
  return Buffer.from((await store.read(run, stream, 0, 99)).bytes).toString();
}

async function pagesOf(run: OutputRun, limit: number, isComplete = true): Promise<OutputPage[]> {
  const pages: OutputPage[] = [];
  let offset: number | undefined = 0;
  while (offset !== undefined) {
    const page: OutputPage = await readPage(store, { run, stream: 'stdout', isComplete }, { offset, limit });
    pages.push(page);
    offset = page.next;
  }
  return pages;
}

const limits = fc.integer({ min: 4, max: 20 });

describe('pages of output', () => {
  test('are whole text, put together they are the output, and the last has no next', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 60 }), limits, async (text, limit) => {
        const pages = await pagesOf(kept(text), limit);
        expect(pages.map((page) => page.text).join('')).toBe(text);
        expect(pages.every(({ total }) => total === Buffer.byteLength(text))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test('of anything are its bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), limits, async (bytes, limit) => {
        const pages = await pagesOf(kept(bytes), limit);
        expect(Buffer.concat(pages.map((page) => page.bytes)).equals(bytes)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test('of output that grows, in any steps, are its bytes, and those of text are text', async () => {
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 16 }),
      fc.string({ unit: 'grapheme', maxLength: 6 }).map((text) => new TextEncoder().encode(text)),
    );
    const steps = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(anything, steps, limits, async (output, printed, limit) => {
        const source = { run: newRun(), stream: 'stdout' } as const;
        const writer = store.open(source.run);
        const pages: OutputPage[] = [];
        let [written, offset] = [0, 0];
        const readAll = async (isComplete: boolean): Promise<void> => {
          for (;;) {
            const page = await readPage(store, { ...source, isComplete }, { offset, limit });
            if (page.bytes.length === 0) return;
            pages.push(page);
            offset = page.offset + page.bytes.length;
          }
        };
        for (const step of [...printed, output.length]) {
          writer.write('stdout', output.subarray(written, written + step));
          written += step;
          await readAll(false);
        }
        await writer.close();
        await readAll(true);
        expect(Buffer.concat(pages.map(({ bytes }) => bytes)).equals(output)).toBe(true);
        const isText = Buffer.from(Buffer.from(output).toString()).equals(output);
        expect(isText && pages.some(({ text }) => text === undefined)).toBe(false);
      }),
      { numRuns: 40 },
    );
  });

  test('begin at the next character when the offset is inside one', async () => {
    const source = { run: kept('aé€b'), stream: 'stdout', isComplete: true } as const;
    const page = await readPage(store, source, { offset: 2, limit: 10 });
    expect(page).toMatchObject({ offset: 3, text: '€b', total: 7, next: undefined });
  });

  test('leave an unfinished character for later while more may come', async () => {
    const [page] = await pagesOf(kept(Buffer.from('a€').subarray(0, 3)), 100, false);
    expect(page).toMatchObject({ text: 'a', total: 3 });
  });
});

describe('files of output', () => {
  test('are for their owner only', async () => {
    const first = kept('first');
    const { id } = kept('2', store, nextRun(first));
    expect(statSync(join(folder, id)).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, id, '2.stdout')).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, `${kept('1').id}.stdout`)).mode & 0o777).toBe(0o600);
  });

  test('of the last run are read; those of the runs before are removed', async () => {
    const first = kept('first');
    const second = nextRun(first);
    expect(await textOf(second)).toBe('first');
    kept('second', store, second);
    const third = nextRun(second);
    kept('third', store, third);
    expect(await textOf(third)).toBe('third');
    // A reader that began before does not go on in the output of another run.
    for (const run of [first, second]) expect((await store.read(run, 'stdout', 0, 9)).total).toBe(0);
    expect(readdirSync(join(folder, first.id)).toSorted()).toEqual(['3.stderr', '3.stdout']);
  });

  test.each([1, 2])(
    'of a run are not touched by run %i, which another has overtaken and which comes late',
    async (late) => {
      const first = newRun();
      const overtaken = late === 1 ? first : nextRun(first);
      const current = nextRun(overtaken);
      const writer = store.open(current);
      writer.write('stdout', Buffer.from('current'));
      kept('late', store, overtaken);
      writer.write('stdout', Buffer.from(' run'));
      await writer.close();
      expect(await textOf(current)).toBe('current run');
      await store.remove([first.id]);
      expect(readdirSync(folder).filter((name) => name.startsWith(first.id))).toEqual([]);
    },
  );

  test('of a server before this one are read, which had one pair of them for all runs', async () => {
    const run = newRun();
    writeFileSync(join(folder, `${run.id}.stdout`), 'third run');
    expect(await textOf({ ...run, fence: 5, starts: 3 })).toBe('third run');
  });

  test('of a run that another one has overtaken are not those of that one', async () => {
    const run = newRun();
    const overtaken = store.open(run);
    const current = store.open(nextRun(run));
    current.write('stdout', Buffer.from('current'));
    overtaken.write('stdout', Buffer.from('late'));
    overtaken.write('stderr', Buffer.from('late'));
    current.write('stdout', Buffer.from(' run'));
    for (const writer of [overtaken, current]) await writer.close();
    expect([await textOf(nextRun(run)), await textOf(nextRun(run), 'stderr')]).toEqual(['current run', '']);
  });

  test('that belong to no job are removed', async () => {
    const [known, stranger] = [nextRun(kept('a')), nextRun(kept('b'))];
    kept('c', store, stranger);
    await store.sweep(async (id) => id !== stranger.id);
    expect(await textOf(known)).toBe('a');
    expect(readdirSync(folder).some((name) => name.startsWith(stranger.id))).toBe(false);
  });

  test('of a temporary store go with it', async () => {
    const temporary = new FileOutputStore({ folder: join(folder, 'inner'), isTemporary: true });
    kept('a', temporary);
    await temporary[Symbol.asyncDispose]();
    expect(readdirSync(folder)).not.toContain('inner');
  });
});

test('the last of the disk is left for records: a writer fails before it is full, and what it wrote stays', async () => {
  let free = 100 * 2 ** 20;
  await using limited = new FileOutputStore({ folder, freeBytes: () => free });
  const writer = limited.open(newRun());
  const piece = Buffer.alloc(2 ** 18, 'x');
  writer.write('stdout', piece);
  free = 8 * 2 ** 20 - 1;
  expect(() => {
    for (let more = 0; more < 3; more += 1) writer.write('stdout', piece);
  }).toThrow('is full');
  expect(writer.stdoutBytes).toBeGreaterThanOrEqual(piece.length);
  await writer.close();
});
