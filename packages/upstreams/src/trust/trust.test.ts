import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, onTestFinished } from 'vitest';

import { readListedTool, type ListedTool } from '../listing/listed-tool.ts';
import { LockFile } from './lock-file.ts';
import { PROMPT_PINNING, TOOL_PINNING } from './pins.ts';
import { TrustGate, type TrustOptions } from './trust-gate.ts';

function lockFile(): LockFile {
  const folder = mkdtempSync(join(tmpdir(), 'lock-file-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return new LockFile(join(folder, 'upstreams.lock.json'));
}

function listed(name: string, description = 'Reads', more: object = {}): ListedTool {
  return readListedTool({ name, description, inputSchema: { type: 'object' }, ...more }) as ListedTool;
}

const { pinOf } = TOOL_PINNING;
const toolGate = (key: string, options: TrustOptions): TrustGate<ListedTool> =>
  new TrustGate(key, options, TOOL_PINNING);

const names = (tools: readonly ListedTool[]): string[] => tools.map(({ name }) => name);

test('the first list counts as approved; what is new or changed later waits', () => {
  const store = lockFile();
  const first = toolGate('up', { mode: 'firstUse', store });
  expect(names(first.decide([listed('a'), listed('b')]).trusted)).toEqual(['a', 'b']);
  const later = toolGate('up', { mode: 'firstUse', store }).decide([listed('a'), listed('b', 'Other'), listed('c')]);
  expect(names(later.trusted)).toEqual(['a']);
  expect(later.pending.map(({ item, change }) => [item.name, change])).toEqual([
    ['b', 'changed'],
    ['c', 'new'],
  ]);
});

test('approved tools are offered again, and the file is for its owner alone', () => {
  const store = lockFile();
  const gate = toolGate('up', { mode: 'locked', store });
  expect(gate.decide([listed('a')]).trusted).toEqual([]);
  gate.approve(gate.decide([listed('a')]).pending);
  expect(names(gate.decide([listed('a')]).trusted)).toEqual(['a']);
  expect(statSync(store.path).mode & 0o777).toBe(0o600);
});

test('a tool under another name is new, whatever else is the same', () => {
  expect(pinOf(listed('a')).hash).not.toBe(pinOf(listed('b')).hash);
});

test('annotations withhold nothing, and those that were approved are published', () => {
  const store = lockFile();
  const gate = toolGate('up', { mode: 'firstUse', store });
  gate.decide([listed('a', 'Reads', { annotations: { readOnlyHint: false } })]);
  const { trusted } = gate.decide([listed('a', 'Reads', { annotations: { readOnlyHint: true } })]);
  expect(trusted[0]?.annotations).toEqual({ readOnlyHint: false });
});

test('the order of members in a schema changes no hash', () => {
  const one = listed('a', 'x', { inputSchema: { type: 'object', properties: { p: {}, q: {} } } });
  const other = listed('a', 'x', { inputSchema: { properties: { q: {}, p: {} }, type: 'object' } });
  expect(pinOf(one).hash).toBe(pinOf(other).hash);
});

test('a file of which a byte is missing approves nothing, says which file it is and stays as it is', () => {
  const store = lockFile();
  const gate = toolGate('up', { mode: 'firstUse', store });
  gate.decide([listed('a')]);
  const cut = readFileSync(store.path, 'utf8').trimEnd().slice(0, -1);
  writeFileSync(store.path, cut);
  expect(gate.decide([listed('a')])).toEqual({ trusted: [], pending: [] });
  expect(gate.problem).toContain(store.path);
  expect(() => gate.approve([])).toThrow(/no lock file/);
  expect(readFileSync(store.path, 'utf8')).toBe(cut);
});

test('where the file cannot be written, the first list counts in memory', () => {
  const gate = toolGate('up', { mode: 'firstUse', store: new LockFile('/proc/none/upstreams.lock.json') });
  expect(names(gate.decide([listed('a')]).trusted)).toEqual(['a']);
  expect(gate.problem).toMatch(/cannot be written/);
  expect(names(gate.decide([listed('a'), listed('b')]).trusted)).toEqual(['a']);
});

test('approvals of one upstream leave those of another as they are', () => {
  const store = lockFile();
  toolGate('one', { mode: 'firstUse', store }).decide([listed('a')]);
  toolGate('two', { mode: 'firstUse', store }).decide([listed('b')]);
  expect(Object.keys(store.read('one', 'tools') ?? {})).toEqual(['a']);
  expect(Object.keys(store.read('two', 'tools') ?? {})).toEqual(['b']);
});

test('prompts are approved apart from tools: neither list is a first list because of the other', () => {
  const store = lockFile();
  const prompts = new TrustGate('up', { mode: 'firstUse', store }, PROMPT_PINNING);
  const tools = toolGate('up', { mode: 'firstUse', store });
  expect(prompts.decide([{ name: 'plan' }]).trusted).toHaveLength(1);
  expect(names(tools.decide([listed('plan')]).trusted)).toEqual(['plan']);
  expect(prompts.decide([{ name: 'plan', arguments: [{ name: 'day', required: true }] }])).toMatchObject({
    trusted: [],
    pending: [{ change: 'changed', before: { hash: expect.any(String) } }],
  });
  expect(names(tools.decide([listed('plan')]).trusted)).toEqual(['plan']);
  expect(Object.keys(JSON.parse(readFileSync(store.path, 'utf8')).upstreams.up)).toEqual(['tools', 'prompts']);
});
