import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { complaintAboutNode } from './node-version.ts';

test.each(['22.18.0', '22.21.1', '24.0.0', '26.10.0'])('%s will do', (version) => {
  expect(complaintAboutNode(version)).toBeUndefined();
});

test.each(['18.20.8', '20.20.2', '22.17.1'])('%s is told what is needed', (version) => {
  expect(complaintAboutNode(version)).toBe(`This is Node ${version}; the server needs 22.18 or later.`);
});

test('the manifest asks for the same', () => {
  const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    engines: { node: string };
  };
  expect(engines.node).toBe('>=22.18');
});

test('the entry loads nothing else before it has looked', () => {
  const imports = (file: string): string[] =>
    readFileSync(new URL(file, import.meta.url), 'utf8').match(/^(?:import|export) .* from .*$/gmu) ?? [];
  expect(imports('main.ts')).toEqual(["import { complaintAboutNode } from './node-version.ts';"]);
  expect(imports('node-version.ts')).toEqual([]);
});
