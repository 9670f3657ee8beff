/**
 * Runs the gates one after another and adds up their totals: each vitest test counts, and every other gate counts as one.
 *
 *   node scripts/check.ts test   what a contributor runs before every push (pnpm test)
 *   node scripts/check.ts ci     what CI runs after that: slow tests and the gates of releases
 *
 * A failed gate does not stop the next, so that one run shows every problem. Only a failed build does, since every later
 * gate needs it. The totals are left in reports/ for `.ci/run` to add up.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

interface Gate {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** Reads the totals of a gate with many tests. Without it the gate counts as one. */
  readonly totals?: () => Totals;
  readonly requiredByTheRest?: true;
}

const VITEST_REPORT = 'reports/vitest.json';
const SLOW_TESTS = '.slow.test.ts';
const vitest = [
  'vitest',
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${VITEST_REPORT}`,
] as const;

const suites: Readonly<Record<string, readonly Gate[]>> = {
  test: [
    { name: 'build', command: ['turbo', 'run', 'build', '--output-logs=errors-only'], requiredByTheRest: true },
    { name: 'format', command: ['oxfmt', '--check'] },
    { name: 'lint', command: ['oxlint', '--deny-warnings'] },
    { name: 'boundaries', command: ['node', 'scripts/check-boundaries.ts'] },
    { name: 'types', command: ['turbo', 'run', 'typecheck', '--output-logs=errors-only'] },
    { name: 'types of the scripts', command: ['tsc', '--noEmit'] },
    { name: 'tests', command: [...vitest, `--exclude=**/*${SLOW_TESTS}`], totals: vitestTotals },
  ],
  ci: [
    { name: 'build', command: ['turbo', 'run', 'build', '--output-logs=errors-only'], requiredByTheRest: true },
    { name: 'slow tests', command: [...vitest, SLOW_TESTS], totals: vitestTotals },
    { name: 'unused code and dependencies', command: ['knip'] },
    // Tests do not count as users here. What is exported for tests alone is tagged @internal.
    { name: 'code that only tests use', command: ['knip', '--production', '--exclude', 'binaries'] },
    { name: 'duplicated code', command: ['jscpd', '--noTips'] },
    {
      name: 'bounds of time and memory',
      command: ['node', '--expose-gc', '--conditions=@mcp/source', 'benchmarks/bounds/check.ts'],
      totals: () => totalsIn('reports/totals-of-bounds.json'),
    },
    { name: 'MCP conformance', command: ['node', 'e2e/conformance/run.ts'] },
    {
      name: 'endurance, three minutes',
      command: ['node', '--conditions=@mcp/source', 'benchmarks/soak/soak.ts', '3'],
    },
    {
      name: 'packages',
      command: ['node', 'scripts/check-packages.ts'],
      totals: () => totalsIn('reports/totals-of-packages.json'),
    },
    {
      name: 'container image',
      command: ['node', 'scripts/check-image.ts'],
      totals: () => totalsIn('reports/totals-of-image.json'),
    },
    { name: 'documentation site and API reference', command: ['node', 'docs/reference/site.ts'] },
    {
      name: 'examples',
      command: ['node', 'scripts/check-examples.ts'],
      totals: () => totalsIn('reports/totals-of-examples.json'),
    },
    {
      name: 'release rehearsal',
      command: ['node', 'scripts/check-release.ts'],
      totals: () => totalsIn('reports/totals-of-release.json'),
    },
  ],
};

const suiteName = process.argv[2] ?? '';
const suite = suites[suiteName];
if (!suite) {
  console.error(`usage: node scripts/check.ts ${Object.keys(suites).join('|')}`);
  process.exit(2);
}

mkdirSync('reports', { recursive: true });
rmSync(VITEST_REPORT, { force: true });
let sum: Totals = { passed: 0, failed: 0, skipped: 0 };
const failures: string[] = [];

for (const gate of suite) {
  console.log(`\n=== ${gate.name}`);
  const started = performance.now();
  const ok = await run(gate.command);
  const totals = gate.totals?.() ?? { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
  // A runner that crashes without a failed test has failed.
  sum = add(sum, ok || totals.failed > 0 ? totals : { ...totals, failed: 1 });
  if (!ok) failures.push(gate.name);
  console.log(
    `=== ${gate.name}: ${ok ? 'passed' : 'FAILED'} in ${((performance.now() - started) / 1000).toFixed(1)} s`,
  );
  if (!ok && gate.requiredByTheRest) break;
}

writeFileSync(`reports/totals-${suiteName}.json`, JSON.stringify(sum));
if (failures.length > 0) console.log(`\nFailed: ${failures.join(', ')}`);
console.log(`\n${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
process.exitCode = sum.failed === 0 ? 0 : 1;

function run([program, ...args]: readonly [string, ...string[]]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'inherit', env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1' } });
    child.once('error', (error) => {
      console.error(`${program}: ${error.message}`);
      resolve(false);
    });
    child.once('close', (code) => resolve(code === 0));
  });
}

function vitestTotals(): Totals {
  try {
    const report = JSON.parse(readFileSync(VITEST_REPORT, 'utf8')) as Record<string, number>;
    rmSync(VITEST_REPORT);
    return {
      passed: report['numPassedTests'] ?? 0,
      // A file that cannot be loaded has no failed test and is still a failure.
      failed: Math.max(report['numFailedTests'] ?? 0, (report['numFailedTestSuites'] ?? 0) > 0 ? 1 : 0),
      skipped: (report['numPendingTests'] ?? 0) + (report['numTodoTests'] ?? 0),
    };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

/** The totals that a gate wrote itself. A gate that wrote none has failed. */
function totalsIn(file: string): Totals {
  try {
    const totals = JSON.parse(readFileSync(file, 'utf8')) as Totals;
    rmSync(file);
    return totals;
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

function add(a: Totals, b: Totals): Totals {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}
