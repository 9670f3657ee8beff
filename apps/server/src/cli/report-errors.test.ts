import { inspect } from 'node:util';

import { expect, test, vi } from 'vitest';

import { StartError } from '../foundation/start-error.ts';
import { reportOperatorErrors } from './report-errors.ts';

function reportThrown(thrown: unknown): Promise<number> {
  return reportOperatorErrors(() =>
    Promise.resolve().then((): never => {
      throw thrown;
    }),
  );
}

test('what an operator can fix is one line', async () => {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    expect(await reportThrown(new StartError('Port 1 is taken.'))).toBe(1);
    expect(write.mock.calls.map(([text]) => text)).toEqual(['mcp-server: Port 1 is taken.\n']);
  } finally {
    write.mockRestore();
  }
});

test('of a defect the stack is left, and no property, which can hold a password', async () => {
  const error = Object.assign(new TypeError('Invalid URL'), { input: 'postgres://mcp:hunter22@h:99999/db' });
  const printed = inspect(await reportThrown(error).catch((defect: unknown) => defect));
  expect(printed).toContain('TypeError: Invalid URL');
  expect(printed).toContain('report-errors.test.ts');
  expect(printed).not.toContain('hunter22');
});

test('a thrown value that is no error is not printed', async () => {
  expect(inspect(await reportThrown('hunter22').catch((defect: unknown) => defect))).not.toContain('hunter22');
});
