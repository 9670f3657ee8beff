/** The baseline over stdio: reads lines of JSON and writes lines of JSON, and does nothing else. */
import { createInterface } from 'node:readline';

import { answerTo } from './bare-answers.ts';

createInterface({ input: process.stdin }).on('line', (line) => {
  process.stdout.write(`${JSON.stringify(answerTo(JSON.parse(line)))}\n`);
});
