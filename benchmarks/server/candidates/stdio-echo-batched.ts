/** The line echo with what batching alone brings: whole chunks are split by hand and answered in one write. */
import { answerTo } from './bare-answers.ts';

let partial = '';
process.stdin.setEncoding('utf8').on('data', (chunk: string) => {
  const lines = (partial + chunk).split('\n');
  partial = lines.pop() ?? '';
  let out = '';
  for (const line of lines) out += `${JSON.stringify(answerTo(JSON.parse(line)))}\n`;
  if (out !== '') process.stdout.write(out);
});
