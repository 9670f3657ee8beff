import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { quick } from '../../harness/quick.ts';
import { printResults } from '../../harness/table.ts';
import { SCENARIOS, type Scenario } from './scenarios.ts';
import { SUBJECTS } from './subject.ts';

/**
 * Runs every scenario against every breaker and prints a markdown table. Each pair has a process of its own: virtual
 * time, unhandled rejections and timers of one cannot affect another. A process that crashes or hangs breaks the rule.
 */
const PAIR = 'SCORECARD_PAIR';
const EXIT_AT_ONCE_MS = 1000;
const TIMEOUT_MS = 30_000;

type Result = 'kept' | 'broken' | 'not applicable';

async function runPair(pair: string): Promise<void> {
  const [subjectName, rule] = JSON.parse(pair) as [string, string];
  const subject = SUBJECTS.find(({ name }) => name === subjectName);
  const scenario = SCENARIOS.find((candidate) => candidate.rule === rule);
  if (subject === undefined || scenario === undefined) throw new Error(`no scenario ${pair}`);
  const kept = await scenario.run(subject);
  const result: Result = kept === undefined ? 'not applicable' : kept ? 'kept' : 'broken';
  process.stdout.write(result);
  // Timers of a library must not delay the suite, except where they are what is tested.
  if (scenario.mustExit !== true) process.exit(0);
}

function resultOf(subject: string, scenario: Scenario): Promise<Result> {
  const nodeArguments = ['--conditions=@mcp/source', '--expose-gc', '--no-warnings', fileURLToPath(import.meta.url)];
  const child = spawn(process.execPath, nodeArguments, {
    env: { ...process.env, [PAIR]: JSON.stringify([subject, scenario.rule]) },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let output = '';
  let printedAt = Infinity;
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    printedAt = performance.now();
  });
  const killer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(killer);
      const exitedLate = scenario.mustExit === true && performance.now() - printedAt > EXIT_AT_ONCE_MS;
      resolve(code === 0 && !exitedLate ? (output as Result) : 'broken');
    });
  });
}

function mark(result: Result, choice: string | undefined, footnotes: string[]): string {
  if (result === 'not applicable') return '-';
  if (result === 'kept') return 'yes';
  if (choice === undefined) return '**no**';
  footnotes.push(choice);
  return `no [${footnotes.length}]`;
}

async function main(): Promise<void> {
  const footnotes: string[] = [];
  const rows: string[][] = [];
  const scores = new Map(SUBJECTS.map(({ name }) => [name, { kept: 0, of: 0 }]));
  for (const scenario of quick ? SCENARIOS.slice(0, 3) : SCENARIOS) {
    const cells: string[] = [];
    for (const { name } of SUBJECTS) {
      const result = await resultOf(name, scenario);
      const score = scores.get(name);
      if (score !== undefined && result !== 'not applicable') score.of++;
      if (score !== undefined && result === 'kept') score.kept++;
      const choice = scenario.byDesign?.[name];
      cells.push(mark(result, choice, footnotes));
    }
    rows.push([scenario.rule, ...cells]);
  }
  const totals = [...scores.values()].map(({ kept, of }) => `${kept} of ${of}`);
  rows.push(['**rules kept**', ...totals]);
  printResults({
    title: 'What a breaker must not get wrong',
    method: 'a process for each breaker and rule; "-" where the breaker has nothing of the kind',
    columns: ['rule', ...SUBJECTS.map(({ name }) => name)],
    rows,
  });
  process.stdout.write(footnotes.map((text, n) => `${n + 1}. A choice, not a defect: ${text}\n`).join(''));
}

const pair = process.env[PAIR];
await (pair === undefined ? main() : runPair(pair));
