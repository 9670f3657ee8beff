import { expect, test } from 'vitest';

import { callTool } from './call-tool.ts';
import { defineTool } from '../declare/define-tool.ts';
import { ToolError } from '../result/tool-error.ts';
import { Tool } from '../tool/tool.ts';

const anything = {
  '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) },
} as const;

test.each([
  [true, 'closed'],
  [false, 'open'],
])('an error of a kind that counts, neutral: %s, leaves the breaker %s', async (neutral, state) => {
  const tool = new Tool(
    defineTool({
      name: 'flaky',
      description: 'Fails',
      input: anything,
      inputJsonSchema: { type: 'object' },
      circuitBreaker: { failureThreshold: 1 },
      run: () => {
        throw new ToolError('unavailable', 'Not now', { neutral });
      },
    }),
  );
  const result = await callTool(tool, { arguments: {}, caller: { name: 'test' } });
  expect(result.error?.type).toBe('unavailable');
  expect(tool.breaker?.state).toBe(state);
});
