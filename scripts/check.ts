/**
 * Runs the gates one after another and adds up their totals: each vitest test counts, and every other gate counts as one.
 *
 *   node scripts/check.ts test   what a contributor runs before every push (pnpm test)
 *   node scripts/check.ts ci     what CI runs after that: slow tests and the gates of releases
 *
 * A failed gate does not stop the next, so that one run shows every problem. Only a failed build does, since every later
 * gate needs it. At the end every failure is named once more, a gate without totals with its last lines, since a log is often
 * cut to its end. The totals are left in reports/ for `.ci/run` to add up.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { add, failed, type GateTotals, NOTHING, takeTotals, takeVitestTotals } from './gate-totals.ts';

interface Gate {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** Reads the totals of a gate with many tests. Without it the gate counts as one. */
  readonly totals?: () => GateTotals;
  readonly requiredByTheRest?: true;
}

const VITEST_REPORT = 'reports/vitest.json';
const SLOW_TESTS = '.slow.test.ts';
const REPEATED_LINES = 30;
const vitest = [
  'vitest',
  'run',
  // Tests mostly wait for servers, so two cores can serve three workers. Projects take this from no configuration file.
  '--maxWorkers=3',
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
    {
      name: 'tests',
      command: [...vitest, `--exclude=**/*${SLOW_TESTS}`],
      totals: () => takeVitestTotals(VITEST_REPORT, process.cwd()),
    },
  ],
  ci: [
    { name: 'build', command: ['turbo', 'run', 'build', '--output-logs=errors-only'], requiredByTheRest: true },
    {
      name: 'slow tests',
      command: [...vitest, SLOW_TESTS],
      totals: () => takeVitestTotals(VITEST_REPORT, process.cwd()),
    },
    { name: 'unused code and dependencies', command: ['knip'] },
    // Tests do not count as users here. What is exported for tests alone is tagged @internal.
    { name: 'code that only tests use', command: ['knip', '--production', '--exclude', 'binaries'] },
    { name: 'duplicated code', command: ['jscpd', '--noTips'] },
    {
      name: 'bounds of time and memory',
      command: ['node', '--expose-gc', '--conditions=@mcp/source', 'benchmarks/bounds/check.ts'],
      totals: () => takeTotals('reports/totals-of-bounds.json'),
    },
    {
      name: 'benchmarks, quick, against their limits',
      command: ['node', '--conditions=@mcp/source', 'benchmarks/run.ts', '--quick'],
    },
    { name: 'MCP conformance', command: ['node', 'e2e/conformance/run.ts'] },
    { name: 'MCP conformance through the gateway', command: ['node', 'e2e/conformance/through-gateway.ts'] },
    {
      name: 'endurance, five minutes',
      command: ['node', '--conditions=@mcp/source', 'benchmarks/soak/soak.ts', '5'],
    },
    {
      name: 'packages',
      command: ['node', 'scripts/check-packages.ts'],
      totals: () => takeTotals('reports/totals-of-packages.json'),
    },
    {
      name: 'container image',
      command: ['node', 'scripts/check-image.ts'],
      totals: () => takeTotals('reports/totals-of-image.json'),
    },
    {
      name: 'supply chain',
      command: ['node', 'scripts/check-supply-chain.ts'],
      totals: () => takeTotals('reports/totals-of-supply-chain.json'),
    },
    { name: 'documentation site and API reference', command: ['node', 'docs/reference/site.ts'] },
    {
      name: 'examples',
      command: ['node', 'scripts/check-examples.ts'],
      totals: () => takeTotals('reports/totals-of-examples.json'),
    },
    {
      name: 'release rehearsal',
      command: ['node', 'scripts/check-release.ts'],
      totals: () => takeTotals('reports/totals-of-release.json'),
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
let sum = NOTHING;

for (const gate of suite) {
  console.log(`\n=== ${gate.name}`);
  const started = performance.now();
  const { ok, lastLines } = await run(gate.command);
  const totals = totalsOf(gate, ok, lastLines);
  sum = add(sum, { ...totals, failures: totals.failures.map((failure) => `${gate.name}: ${failure}`) });
  console.log(
    `=== ${gate.name}: ${ok ? 'passed' : 'FAILED'} in ${((performance.now() - started) / 1000).toFixed(1)} s`,
  );
  if (!ok && gate.requiredByTheRest) break;
}

writeFileSync(`reports/totals-${suiteName}.json`, JSON.stringify(sum));
for (const failure of sum.failures) console.log(`FAIL  ${failure}`);
console.log(`\n${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
process.exitCode = sum.failed === 0 ? 0 : 1;

function totalsOf(gate: Gate, ok: boolean, lastLines: string): GateTotals {
  const totals =
    gate.totals?.() ?? (ok ? { ...NOTHING, passed: 1 } : failed(`${gate.command.join(' ')}\n${lastLines}`));
  // A runner that crashes without a failed test has failed.
  return ok || totals.failed > 0 ? totals : add(totals, failed('it ended with an error although no test failed'));
}

interface GateRun {
  readonly ok: boolean;
  readonly lastLines: string;
}

function run([program, ...args]: readonly [string, ...string[]]): Promise<GateRun> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      stdio: ['inherit', 'pipe', 'pipe'],
      env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1' },
    });
    let lines: string[] = [''];
    const pass = (from: Readable, to: NodeJS.WriteStream): void => {
      from.setEncoding('utf8').on('data', (text: string) => {
        to.write(text);
        const [first = '', ...more] = text.split('\n');
        lines = [...lines.slice(0, -1), `${lines.at(-1)}${first}`, ...more].slice(-REPEATED_LINES);
      });
    };
    pass(child.stdout, process.stdout);
    pass(child.stderr, process.stderr);
    child.once('error', (error) => {
      console.error(`${program}: ${error.message}`);
      resolve({ ok: false, lastLines: '' });
    });
    child.once('close', (code) => resolve({ ok: code === 0, lastLines: lines.join('\n') }));
  });
}
