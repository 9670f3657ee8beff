/** docs/operations.md lists every metric, alert, event, log line and error type of the server, and no others. */
import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { countsAgainstBreaker, ERROR_TYPES, httpStatusOf } from '../../packages/tool-base/src/result/tool-error.ts';

const guide = readFileSync('docs/operations.md', 'utf8');

test('every metric of the server is in the guide, and no other', () => {
  const sources = read('{packages/metrics,apps/server}/src/**/*.ts');
  const inCode = matches(
    sources,
    /'(?<name>mcp_jobs|(?:mcp_(?:api|approvals|tool|system|metrics|config|audit|auth|connections|event|calls|cluster|jobs|programs|sandbox|sessions|stdio|streams|upstream|workers)|circuit_breaker)_[a-z_]+)'/gu,
  );
  const errorTypes = new Set(['circuit_breaker_open']);
  expect(firstColumn('Metrics')).toEqual(inCode.filter((name) => !errorTypes.has(name)));
});

test('every shipped alert is in the guide, and no other', () => {
  expect(firstColumn('Alerts')).toEqual(
    matches(read('packages/metrics/observability/alerts.yml'), /alert: (?<name>\w+)/gu),
  );
});

test('every event is in the guide, and no other', () => {
  expect(firstColumn('Events')).toEqual(
    matches(read('apps/server/src/observability/events/server-events.ts'), /^ {2}'(?<name>[a-z]+\.[a-z]+)':/gmu),
  );
});

test('every message that the server logs is in the guide, and no other', () => {
  const sources = read('apps/server/src/**/*.ts');
  const logged = /logger\.(?:debug|info|warn|error|fatal)\([^;]*?'(?<name>[a-z]+\.[a-z_]+)',?\s*\)/gu;
  expect(firstColumn('Log lines')).toEqual(matches(sources, logged));
});

test('every error type is in the guide with its status and its effect on the breaker', () => {
  const rows = section('When a call fails').matchAll(/^\| `(?<type>\w+)` +\| (?<status>\d+) +\| (?<moves>yes|no) /gmu);
  const documented = [...rows].map(({ groups }) => [groups?.['type'], `${groups?.['status']} ${groups?.['moves']}`]);
  const actual = ERROR_TYPES.map((type) => [
    type,
    `${httpStatusOf(type)} ${countsAgainstBreaker(type) ? 'yes' : 'no'}`,
  ]);
  expect(Object.fromEntries(documented)).toEqual(Object.fromEntries(actual));
});

function read(glob: string): string {
  return globSync(glob)
    .filter((file) => !/\.(?:test|property)\./u.test(file) && !/\/test(?:ing|-support)\//u.test(file))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
}

function matches(text: string, pattern: RegExp): string[] {
  const found = [...text.matchAll(pattern)].map(({ groups }) => groups?.['name'] ?? '');
  expect(found.length).toBeGreaterThan(0);
  return [...new Set(found)].sort();
}

function section(heading: string): string {
  return guide.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
}

/** The names in the first column of the table under a heading, sorted. */
function firstColumn(heading: string): string[] {
  return matches(section(heading), /^\| `(?<name>[^`]+)`/gmu);
}
