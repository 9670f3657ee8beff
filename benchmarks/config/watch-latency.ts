// How long after a write are the new values there, for each of the seven ways a file is rewritten?
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigStore, standardDefinition } from '@mcp/config';
import { quick } from '../harness/quick.ts';
import { printResults, show, spread } from '../harness/table.ts';

const CHANGES = quick ? 2 : 20;
const OWNER = { mode: 0o600 };

interface Style {
  readonly name: string;
  lay(file: string, folder: string, text: string): void;
  write(file: string, folder: string, text: string, round: number): void;
}

const plain = (file: string, _: string, text: string): void => writeFileSync(file, text, OWNER);

const styles: readonly Style[] = [
  { name: 'in place', lay: plain, write: plain },
  {
    name: 'write and rename',
    lay: plain,
    write: (file, _, text) => {
      writeFileSync(`${file}.new`, text, OWNER);
      renameSync(`${file}.new`, file);
    },
  },
  {
    name: 'backup and write',
    lay: plain,
    write: (file, _, text) => {
      renameSync(file, `${file}~`);
      writeFileSync(file, text, OWNER);
    },
  },
  {
    name: 'delete and create',
    lay: plain,
    write: (file, _, text) => {
      unlinkSync(file);
      writeFileSync(file, text, OWNER);
    },
  },
  {
    name: 'ConfigMap ..data swap',
    lay: (file, folder, text) => {
      mkdirSync(join(folder, '..0'));
      writeFileSync(join(folder, '..0', 'config.yaml'), text, OWNER);
      symlinkSync('..0', join(folder, '..data'));
      symlinkSync(join('..data', 'config.yaml'), file);
    },
    write: (_, folder, text, round) => {
      mkdirSync(join(folder, `..${round}`));
      writeFileSync(join(folder, `..${round}`, 'config.yaml'), text, OWNER);
      symlinkSync(`..${round}`, join(folder, '..next'));
      renameSync(join(folder, '..next'), join(folder, '..data'));
    },
  },
  {
    name: 'link to another file',
    lay: (file, folder, text) => {
      mkdirSync(join(folder, 'real'));
      writeFileSync(join(folder, 'real', '0'), text, OWNER);
      symlinkSync(join('real', '0'), file);
    },
    write: (file, folder, text, round) => {
      writeFileSync(join(folder, 'real', String(round)), text, OWNER);
      unlinkSync(file);
      symlinkSync(join('real', String(round)), file);
    },
  },
  {
    name: 'edit behind a link',
    lay: (file, folder, text) => {
      mkdirSync(join(folder, 'real'));
      writeFileSync(join(folder, 'real', 'config.yaml'), text, OWNER);
      symlinkSync(join('real', 'config.yaml'), file);
    },
    write: (_, folder, text) => writeFileSync(join(folder, 'real', 'config.yaml'), text),
  },
];

// The store's own timers never keep a process alive.
const alive = setInterval(() => {}, 60_000);
const rows: string[][] = [];

for (const style of styles) {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-watch-'));
  const file = join(folder, 'config.yaml');
  const textOf = (round: number): string => `tool: {defaultTimeout: ${round}}\n`;
  style.lay(file, folder, textOf(1));
  const times: number[] = [];
  {
    await using store = await ConfigStore.load({ definition: standardDefinition, file });
    using _watch = store.watch();
    for (let round = 2; round < CHANGES + 2; round += 1) {
      // A pause of no fixed length, so that the poll is met at any moment of its second.
      await sleep(30 + Math.random() * 200);
      const { promise, resolve } = Promise.withResolvers<number>();
      using _listener = store.on('reloaded', () => resolve(performance.now()));
      const start = performance.now();
      style.write(file, folder, textOf(round), round);
      times.push((await promise) - start);
    }
  }
  rmSync(folder, { recursive: true });
  rows.push([style.name, `${times.length} of ${CHANGES}`, show(spread(times), 0)]);
}

clearInterval(alive);
printResults({
  title: 'From the write of a file to the new values',
  method: 'median (least-greatest)',
  columns: ['how it is rewritten', 'changes seen', 'ms'],
  rows,
});
