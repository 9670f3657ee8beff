// node --conditions=@mcp/source benchmarks/health/run.ts    Exits with 1 if a limit is not kept.
import { hangingChecks } from './hanging-checks.ts';
import { machineSample } from './machine-sample.ts';
import { probeAnswers } from './probe-answers.ts';

const verdicts = [await hangingChecks(), ...(await probeAnswers()), ...(await machineSample())];
for (const { what, measured, limit, unit, note } of verdicts) {
  const kept = measured <= limit;
  if (!kept) process.exitCode = 1;
  const figure = `${Number(measured.toFixed(3))} ${unit}`.trim();
  process.stdout.write(`${kept ? 'ok  ' : 'OVER'} ${what}: ${figure} (limit ${limit})${note ? `; ${note}` : ''}\n`);
}
