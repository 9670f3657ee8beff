import { ToolError } from '@mcp/tool-base';
import { expect, test } from 'vitest';

import { rejectedResult } from './call-outcome.ts';

test.each([
  ['internal_error', 'internal_error: It broke. Report it. Correlation id: c-1.'],
  ['resource_exhausted', 'resource_exhausted: It broke. Report it.'],
] as const)('a rejection as %s has the correlation id in its text where an operator needs it', (type, text) => {
  const result = rejectedResult(new ToolError(type, 'It broke', { suggestion: 'Report it.' }), 'c-1');
  expect(result.content).toEqual([{ type: 'text', text }]);
  expect(result.error.correlationId).toBe('c-1');
});
