import { defineTool } from '@mcp/tool-base';
import { pino } from 'pino';
import { expect, test } from 'vitest';

import { testDependencies } from '../transports/mcp/test-support/test-dependencies.ts';

test('why a check of arguments failed is in the log, under the id that the client got', async () => {
  const lines: string[] = [];
  const input = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: () => {
        throw new TypeError('no table of rules');
      },
    },
  } as const;
  const nightly = defineTool({
    name: 'nightly',
    description: 'Runs as a job',
    job: { mode: 'required' },
    input,
    inputJsonSchema: { type: 'object' },
    run: () => '',
  });
  const logger = pino({}, { write: (line: string) => void lines.push(line) });
  const { gateway } = testDependencies([nightly], undefined, { logger });
  const checked = await gateway.check({
    name: 'nightly',
    arguments: {},
    principal: { name: 'ann', scopes: ['tools:call'] },
    correlationId: 'c-1',
    origin: {},
  });
  expect(checked).toMatchObject({ error: { type: 'execution_error', correlationId: 'c-1' } });
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { msg: 'tool failed', tool: 'nightly', correlationId: 'c-1', error: { message: 'no table of rules' } },
    { msg: 'call.finished', tool: 'nightly', message: 'The tool failed with an unexpected error.' },
  ]);
});
