import {
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ConfigStore } from './config-store.ts';
import type { SampleConfig } from '../test-support/sample-definition.ts';
import type { TextSource } from '../reading/text-source.ts';
import { ManualClock } from '../test-support/manual-clock.ts';
import { loadSample, yaml } from '../test-support/sample-store.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mcp-watch-'));
  file = join(folder, 'config.yaml');
});
afterEach(() => rm(folder, { recursive: true }));

const ownerOnly = { mode: 0o600 };
const textOf = (seconds: number): string => `tool: {defaultTimeout: ${seconds}}\n`;

function nextEvent(store: ConfigStore<SampleConfig>): Promise<'reloaded' | 'rejected'> {
  const { promise, resolve } = Promise.withResolvers<'reloaded' | 'rejected'>();
  const subscriptions = [
    store.on('reloaded', () => resolve('reloaded')),
    store.on('rejected', () => resolve('rejected')),
  ];
  return promise.finally(() => {
    for (const subscription of subscriptions) subscription[Symbol.dispose]();
  });
}

/** The ways in which editors, deployment tools and Kubernetes replace a file. `start` lays the file out first. */
const styles: Readonly<
  Record<string, { start?: (text: string) => void; write: (text: string, round: number) => void }>
> = {
  'in place': { write: (text) => writeFileSync(file, text) },
  'write beside and rename': {
    write: (text) => {
      writeFileSync(`${file}.new`, text, ownerOnly);
      renameSync(`${file}.new`, file);
    },
  },
  'move to a backup and write anew': {
    write: (text) => {
      renameSync(file, `${file}~`);
      writeFileSync(file, text, ownerOnly);
    },
  },
  'delete and create': {
    write: (text) => {
      unlinkSync(file);
      writeFileSync(file, text, ownerOnly);
    },
  },
  'swap of the ..data link of a ConfigMap': {
    start: (text) => {
      mkdirSync(join(folder, '..data-0'));
      writeFileSync(join(folder, '..data-0', 'config.yaml'), text, ownerOnly);
      symlinkSync('..data-0', join(folder, '..data'));
      symlinkSync(join('..data', 'config.yaml'), file);
    },
    write: (text, round) => {
      mkdirSync(join(folder, `..data-${round}`));
      writeFileSync(join(folder, `..data-${round}`, 'config.yaml'), text, ownerOnly);
      symlinkSync(`..data-${round}`, join(folder, '..tmp'));
      renameSync(join(folder, '..tmp'), join(folder, '..data'));
      rmSync(join(folder, `..data-${round - 1}`), { recursive: true });
    },
  },
  'another target for a symbolic link': {
    start: (text) => {
      mkdirSync(join(folder, 'real'));
      writeFileSync(join(folder, 'real', '0'), text, ownerOnly);
      symlinkSync(join('real', '0'), file);
    },
    write: (text, round) => {
      writeFileSync(join(folder, 'real', String(round)), text, ownerOnly);
      unlinkSync(file);
      symlinkSync(join('real', String(round)), file);
    },
  },
  'an edit behind a symbolic link': {
    start: (text) => {
      mkdirSync(join(folder, 'real'));
      writeFileSync(join(folder, 'real', 'config.yaml'), text, ownerOnly);
      symlinkSync(join('real', 'config.yaml'), file);
    },
    write: (text) => writeFileSync(join(folder, 'real', 'config.yaml'), text),
  },
};

describe('a change is detected when the file is written by', () => {
  test.each(Object.entries(styles))('%s', async (_, { start, write }) => {
    if (start === undefined) writeFileSync(file, textOf(1), ownerOnly);
    else start(textOf(1));
    await using store = await loadSample('', { source: undefined, file });
    using _watch = store.watch();
    for (const seconds of [2, 3, 4]) {
      const event = nextEvent(store);
      write(textOf(seconds), seconds - 1);
      expect(await event).toBe('reloaded');
      expect(store.snapshot.values.tool.defaultTimeout).toBe(seconds);
    }
    expect(store.statistics).toMatchObject({ reloads: 3, rejected: 0 });
  });

  test('with an unchanged modification time and length', async () => {
    writeFileSync(file, textOf(1), ownerOnly);
    const fixed = new Date(1_700_000_000_000);
    utimesSync(file, fixed, fixed);
    await using store = await loadSample('', { source: undefined, file });
    using _watch = store.watch();
    const event = nextEvent(store);
    writeFileSync(file, textOf(2));
    utimesSync(file, fixed, fixed);
    expect(await event).toBe('reloaded');
    expect(store.snapshot.values.tool.defaultTimeout).toBe(2);
  });
});

/** A source that counts how often it is read. */
function countReads(source: ReturnType<typeof yaml>): TextSource & { readonly reads: () => number } {
  let reads = 0;
  return {
    name: source.name,
    read: () => ((reads += 1), source.read()),
    write: (text) => source.write(text),
    watch: (onEvent) => source.watch(onEvent),
    reads: () => reads,
  };
}

describe('watching', () => {
  test('reports a partly written file once, after about a second', async () => {
    const clock = new ManualClock();
    const source = yaml('tool: {defaultTimeout: 1}');
    const counted = countReads(source);
    await using store = await loadSample('', { source: counted, clock });
    using _watch = store.watch();
    const event = nextEvent(store);
    source.set('tool: {defaultTimeout: 2');
    for (const [index, ms] of [20, 50, 100, 250, 500].entries()) {
      await clock.advanceAsync(ms - 1);
      expect(counted.reads()).toBe(2 + index);
      expect(store.statistics.rejected).toBe(0);
      await clock.advanceAsync(1);
      expect(counted.reads()).toBe(3 + index);
    }
    expect(await event).toBe('rejected');
    await clock.advanceAsync(1000);
    expect(counted.reads()).toBe(8);
    expect(store.statistics).toMatchObject({ reloads: 1, rejected: 1 });
  });

  test('reports nothing when the file is complete in time', async () => {
    const source = yaml('tool: {defaultTimeout: 1}');
    const clock = new ManualClock();
    await using store = await loadSample('', { source, clock });
    using _watch = store.watch();
    const event = nextEvent(store);
    source.set('');
    await clock.advanceAsync(20 + 50 + 99);
    source.set('tool: {defaultTimeout: 3}');
    await clock.advanceAsync(1);
    expect(await event).toBe('reloaded');
    expect(store.snapshot.values.tool.defaultTimeout).toBe(3);
    expect(store.statistics.rejected).toBe(0);
  });

  test('waits until two readings agree, so a partly written file that is valid is not applied', async () => {
    const source = yaml('tool: {defaultTimeout: 1}');
    const clock = new ManualClock();
    const seen: number[] = [];
    await using store = await loadSample('', { source, clock });
    store.subscribe({ name: 'log', apply: ({ tool }) => void seen.push(tool.defaultTimeout) });
    using _watch = store.watch();
    const event = nextEvent(store);
    source.set('tool: {defaultTimeout: 2}');
    await clock.advanceAsync(10);
    source.set('tool: {defaultTimeout: 222}');
    await clock.advanceAsync(30);
    await event;
    expect(seen).toEqual([222]);
  });

  test('does not report its own save as a change', async () => {
    writeFileSync(file, `# comment\n${textOf(1)}`, ownerOnly);
    await using store = await loadSample('', { source: undefined, file });
    using _watch = store.watch();
    await store.update({ tool: { defaultTimeout: 5 } });
    await store.save();
    const event = nextEvent(store);
    writeFileSync(file, textOf(6));
    await event;
    expect(store.statistics).toMatchObject({ reloads: 2, version: 3 });
    expect(readFileSync(file, 'utf8')).toBe(textOf(6));
  });

  test('follows secret files', async () => {
    writeFileSync(file, '{}', ownerOnly);
    const key = join(folder, 'key');
    writeFileSync(key, 'first', ownerOnly);
    await using store = await loadSample('', { source: undefined, file, env: { MCP_SECURITY_API_KEY_FILE: key } });
    using _watch = store.watch();
    const event = nextEvent(store);
    writeFileSync(key, 'second');
    expect(await event).toBe('reloaded');
    expect(store.snapshot.values.security.apiKey?.reveal()).toBe('second');
  });

  test('reads the file at most every 20 ms, however often the directory changes', async () => {
    const source = yaml('tool: {defaultTimeout: 1}');
    const clock = new ManualClock();
    const counted = countReads(source);
    await using store = await loadSample('', { source: counted, clock });
    using _watch = store.watch();
    for (let hint = 0; hint < 1000; hint += 1) source.set(source.text);
    await clock.advanceAsync(19);
    expect(counted.reads()).toBe(2);
    await clock.advanceAsync(900);
    expect(counted.reads()).toBe(3);
  });

  test('stops when disposed', async () => {
    const clock = new ManualClock();
    const source = yaml('tool: {defaultTimeout: 1}');
    await using store = await loadSample('', { source, clock });
    store.watch()[Symbol.dispose]();
    source.set(textOf(9));
    await clock.advanceAsync(1000);
    expect(store.snapshot.version).toBe(1);
    expect(clock.pendingTimers).toBe(0);
  });
});
