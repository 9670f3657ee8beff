import { expect, test } from 'vitest';

import { runProgram } from './run-program.ts';

test('what a killed program has started does not keep the run from ending', async () => {
  const { code, stdout } = await runProgram('sh', ['-c', 'echo begun; sleep 30 & wait'], { timeoutMs: 500 });
  expect({ code, stdout }).toEqual({ code: null, stdout: 'begun\n' });
}, 20_000);

test('a program that ends by itself is read to its end', async () => {
  const { code, stdout } = await runProgram('sh', ['-c', 'echo a; echo b; exit 3']);
  expect({ code, stdout }).toEqual({ code: 3, stdout: 'a\nb\n' });
});
