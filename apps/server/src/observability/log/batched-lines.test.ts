import { expect, test } from 'vitest';

import { batchedLines } from './batched-lines.ts';

function setup(maxLength: number): { lines: ReturnType<typeof batchedLines>; written: string[] } {
  const written: string[] = [];
  return { lines: batchedLines({ write: (text) => void written.push(text) }, maxLength), written };
}

const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

test('lines of one turn of the event loop are written together when it ends, in their order', async () => {
  const { lines, written } = setup(100);
  lines.write('one\n');
  lines.write('two\n');
  expect(written).toEqual([]);
  await nextTurn();
  expect(written).toEqual(['one\ntwo\n']);
  lines.write('three\n');
  await nextTurn();
  expect(written).toEqual(['one\ntwo\n', 'three\n']);
});

test('more than the limit is written at once, and nothing is written twice', async () => {
  const { lines, written } = setup(8);
  for (const line of ['one\n', 'two\n', 'six\n']) lines.write(line);
  expect(written).toEqual(['one\ntwo\n']);
  lines.flush();
  expect(written).toEqual(['one\ntwo\n', 'six\n']);
  await nextTurn();
  expect(written).toHaveLength(2);
});
