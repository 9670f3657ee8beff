import { defineTool, Tool, ToolError, ToolRegistry, type ToolResult } from '@mcp/tool-base';
import { expect, test } from 'vitest';

import type { Principal } from '../access/principal.ts';
import type { AuditRecord } from '../observability/audit/audit-entry.ts';
import { recordCall, type CallRecorders } from './record-call.ts';

const input = { type: 'object' } as const;
const registry = new ToolRegistry();
registry.add(new Tool(defineTool({ name: 'ping', description: 'Pings', input, run: () => '' })));

function recorded(principal: Principal, error: ToolError): AuditRecord | undefined {
  const entries: AuditRecord[] = [];
  const recorders = {
    registry,
    audit: { record: (entry: AuditRecord) => entries.push(entry) },
    events: { publish: () => {} },
  };
  const meta = { correlationId: 'c-1', durationMs: 0, queueMs: 0, outputBytes: 0 };
  const result = { ok: false, content: [], structured: {}, error, meta } as unknown as ToolResult;
  const request = { name: 'ping', arguments: {}, principal, origin: {} };
  recordCall(recorders as unknown as CallRecorders, request, result);
  return entries[0];
}

const forbidden = new ToolError('forbidden', 'The credential in use may not call ping.');

test.each<[string, Principal, string]>([
  ['for this tool', { name: 'ann', scopes: ['tools:call:dig'] }, 'scope_missing:tools:call:ping'],
  [
    'that the tool asks for',
    { name: 'ann', scopes: ['tools:call'], withheld: new Map([['ping', 'net:admin']]) },
    'scope_missing:net:admin',
  ],
])('a call that the credential does not allow has the missing scope %s as its reason', (_, principal, reason) => {
  expect(recorded(principal, forbidden)).toMatchObject({ caller: 'ann', outcome: 'forbidden', reason });
});

test('what is refused for another reason than the credential has none', () => {
  const principal = { name: 'ann', scopes: ['tools:call'] };
  expect(recorded(principal, new ToolError('forbidden', 'Runs only as a job.'))).not.toHaveProperty('reason');
  expect(recorded(principal, new ToolError('validation_error', 'Wrong.'))).not.toHaveProperty('reason');
});
