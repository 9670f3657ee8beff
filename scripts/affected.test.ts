import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { outputsFor } from './affected.ts';
import { mustRun } from './run-program.ts';

test('unit tests run for the affected packages, and other jobs only where they are needed', () => {
  const affected = [
    { name: '@mcp/health', path: 'packages/health' },
    { name: '@mcp/server', path: 'apps/server' },
    { name: '@mcp/examples', path: 'examples' },
  ];
  expect(outputsFor(affected)).toEqual({
    unit: '--project=health --project=server',
    packages: 'true',
    server: 'true',
  });
});

test('a change of documents alone affects no package', () => {
  expect(outputsFor([])).toEqual({ unit: '', packages: 'false', server: 'false' });
});

test('without a base every package is affected, under the name of its vitest project', async () => {
  const { stdout } = await mustRun(process.execPath, ['scripts/affected.ts']);
  const projects = globSync('{packages,apps}/*/vitest.config.ts').map(
    (file) => /name: '(?<name>[^']+)'/u.exec(readFileSync(file, 'utf8'))?.groups?.['name'],
  );
  const unit = /^unit=(?<unit>.*)$/mu.exec(stdout)?.groups?.['unit'] ?? '';
  expect(unit.split(' ').sort()).toEqual(projects.map((name) => `--project=${name}`).sort());
  expect(stdout).toContain('\npackages=true\nserver=true\n');
});
