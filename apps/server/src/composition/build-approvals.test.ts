import { defineTool, fromJsonSchema, Tool } from '@mcp/tool-base';
import { expect, test } from 'vitest';

import { MemoryEventBus } from '../observability/events/memory-event-bus.ts';
import { buildApprovals } from './build-approvals.ts';

const store = (more: object): Parameters<typeof buildApprovals>[0] => ({
  snapshot: {
    values: {
      server: { transport: 'http', workers: 1, host: '127.0.0.1', port: 0 },
      security: { auth: 'token', approvalTimeout: 60, ...more },
      cluster: { url: { reveal: () => '' } },
    },
  } as never,
});

const tool = new Tool(
  defineTool({ name: 'deploy', description: 'Deploys', input: fromJsonSchema({ type: 'object' }), run: () => '' }),
);

/** What a caller is sent to whose call waits. */
function linkOf(more: object, listensAt: string): unknown {
  const approvals = buildApprovals(store(more), new MemoryEventBus(), () => listensAt);
  return approvals?.ask(tool, {}, 'agent', () => {});
}

test('with port 0 the link leads to the port that the system chose', () => {
  expect(JSON.stringify(linkOf({}, 'http://127.0.0.1:40123'))).toContain('http://127.0.0.1:40123/#approval-');
});

test('a server that clients know by another name is linked by that', () => {
  const jwt = { audience: 'https://tools.example.com/mcp' };
  expect(JSON.stringify(linkOf({ jwt }, 'http://127.0.0.1:40123'))).toContain('https://tools.example.com/#approval-');
});

test('an audience that is a name is no address to be linked to', () => {
  const link = JSON.stringify(linkOf({ jwt: { audience: 'api://tools' } }, 'http://127.0.0.1:40123'));
  expect(link).toContain('http://127.0.0.1:40123/#approval-');
});
