import { defineTool, Tool, ToolError, ToolRegistry, type ToolResult } from '@mcp/tool-base';
import { describe, expect, test } from 'vitest';

import type { Principal } from '../access/principal.ts';
import type { AuditRecord } from '../observability/audit/audit-entry.ts';
import { loggerTo } from '../observability/log/logger.ts';
import { recordCall, type CallRecorders } from './record-call.ts';

const input = { type: 'object' } as const;
const registry = new ToolRegistry();
registry.add(new Tool(defineTool({ name: 'ping', description: 'Pings', input, run: () => '' })));

function record(principal: Principal, error: ToolError | undefined, args = {}) {
  const lines: Record<string, unknown>[] = [];
  const published: unknown[] = [];
  const write = (line: string): void => void lines.push(JSON.parse(line) as Record<string, unknown>);

  const entries: AuditRecord[] = [];
  const recorders = {
    registry,
    audit: { record: (entry: AuditRecord) => entries.push(entry) },
    events: { publish: (_: string, data: unknown) => published.push(data) },
    logger: loggerTo({ level: 'info', format: 'json' }, { write }),
  };
  const meta = { correlationId: 'c-1', durationMs: 0, queueMs: 0, outputBytes: 0 };
  const result = { ok: error === undefined, content: [], structured: {}, error, meta } as unknown as ToolResult;
  const request = { name: 'ping', arguments: args, principal, origin: {} };
  recordCall(recorders as unknown as CallRecorders, request, result);
  return { entry: entries[0], lines, published };
}

const recorded = (principal: Principal, error: ToolError): AuditRecord | undefined => record(principal, error).entry;

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

describe('the log line of a finished call', () => {
  const ann = { name: 'ann', scopes: ['tools:call'] };

  test('is at info and names the client where it succeeded', () => {
    const { lines } = record(ann, undefined);
    expect(lines).toMatchObject([{ level: 'info', msg: 'call.finished', client: 'ann', outcome: 'success' }]);
    expect(lines[0]).not.toHaveProperty('message');
    expect(lines[0]).not.toHaveProperty('caller');
  });

  test('is at warn and says why the call failed, without values of arguments; the event does not say it', () => {
    const error = new ToolError('tool_error', 'The program ended with exit code 2: df: /srv/x: No such file');
    const { lines, published } = record(ann, error, { path: '/srv/x' });
    const message = 'The program ended with exit code 2: df: <path>: No such file';
    expect(lines).toMatchObject([
      { level: 'warn', msg: 'call.finished', client: 'ann', outcome: 'tool_error', message },
    ]);
    expect(published).toMatchObject([{ outcome: 'tool_error' }]);
    expect(published[0]).not.toHaveProperty('message');
  });
});
