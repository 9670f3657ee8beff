/** Whether replicas should pass on that a breaker has opened: by what it saves when a target fails, and costs when only one replica does. */
import { quick } from '../../harness/quick.ts';
import { printResults } from '../../harness/table.ts';
import { POLICIES, simulate, type Counts, type Target } from './simulate.ts';

const REPLICAS = quick ? [2, 10] : [2, 10, 50, 200];
const SEEDS = quick ? [1] : [1, 2, 3];
const SECONDS = 130;
/** Calls that fail although nothing is wrong, of which every target has some. */
const USUAL = 0.002;

const scenarios: readonly (readonly [name: string, target: Target])[] = [
  ['dead from 10 s on', (_, seconds) => (seconds < 10 ? USUAL : 1)],
  ['flapping: 20 s dead, 40 s well', (_, seconds) => (seconds % 60 < 20 ? 1 : USUAL)],
  ['half-dead: 3 of 10 calls fail', () => 0.3],
  ['well, one replica broken', (replica) => (replica === 0 ? 1 : USUAL)],
];

const rows: string[][] = [];
for (const [name, target] of scenarios) {
  for (const replicas of REPLICAS) {
    const results = POLICIES.map((policy) => {
      const runs = SEEDS.map((seed) => simulate({ replicas, policy, target, seconds: SECONDS, seed }));
      const mean = (of: (counts: Counts) => number): number =>
        Math.round(runs.reduce((sum, counts) => sum + of(counts), 0) / runs.length);
      return `${mean(({ wasted }) => wasted)} / ${mean(({ lost }) => lost)} / ${mean(({ falseOpenings }) => falseOpenings)}`;
    });
    rows.push([name, String(replicas), ...results]);
  }
}

printResults({
  title: 'Replicas that pass on that a circuit breaker has opened, simulated',
  method: `${SECONDS} s of simulated time, 10 calls a second on each replica, the breaker as shipped (five failures in a row), 20 ms from one replica to the others, mean of ${SEEDS.length} seeds; each cell: calls that failed / calls rejected that would have succeeded / breakers opened where at most one call in a hundred fails`,
  columns: ['target', 'replicas', ...POLICIES.map((policy) => `\`${policy}\``)],
  rows,
});
