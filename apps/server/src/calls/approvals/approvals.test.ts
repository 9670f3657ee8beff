import { defineTool, fromJsonSchema, Tool, type Approval } from '@mcp/tool-base';
import { expect, test } from 'vitest';

import type { EventBus } from '../../observability/events/event-bus.ts';
import { ManualClock } from '../../foundation/test-support/manual-clock.ts';
import { Approvals } from './approvals.ts';

const tool = (name = 'deploy'): Tool =>
  new Tool(
    defineTool({ name, description: 'Deploys', input: fromJsonSchema({ type: 'object' }), run: () => undefined }),
  );

interface Set {
  readonly approvals: Approvals;
  readonly clock: ManualClock;
  readonly events: readonly unknown[];
  readonly used: readonly string[];
  readonly ask: (values: unknown, options?: { caller?: string; of?: Tool }) => Approval;
}

function set(): Set {
  const events: unknown[] = [];
  const used: string[] = [];
  const clock = new ManualClock();
  const publish: EventBus['publish'] = (type, data) => void events.push([type, data]);
  const approvals = new Approvals({
    events: { publish } as EventBus,
    clock,
    timeoutMs: () => 1000,
    link: (id) => `http://server/#approval-${id}`,
  });
  const deploy = tool();
  return {
    approvals,
    clock,
    events,
    used,
    ask: (values, { caller = 'agent', of = deploy } = {}) => approvals.ask(of, values, caller, (by) => used.push(by)),
  };
}

test('a call that was approved runs once, whatever the order of its arguments', () => {
  const { approvals, ask, used } = set();
  expect(ask({ a: 1, b: [{ c: 2, d: 3 }] })).toMatchObject({ state: 'waiting' });
  const [{ id } = { id: '' }] = approvals.list();
  expect(ask({ b: [{ d: 3, c: 2 }], a: 1 })).toMatchObject({ state: 'waiting', id });
  expect(approvals.decide(id, true, 'ops')).toMatchObject({ result: 'decided', report: { decidedBy: 'ops' } });
  expect(ask({ a: 1, b: [{ c: 2, d: 3 }] })).toEqual({ state: 'allowed' });
  expect(used).toEqual(['ops']);
  expect(ask({ a: 1, b: [{ c: 2, d: 3 }] })).toMatchObject({ state: 'waiting' });
});

test('an approval is for exactly one tool, its arguments and its caller', () => {
  const { approvals, ask } = set();
  ask({ to: 'a' });
  approvals.decide(approvals.list()[0]!.id, true, 'ops');
  expect(ask({ to: 'b' })).toMatchObject({ state: 'waiting' });
  expect(ask({ to: ['a'] })).toMatchObject({ state: 'waiting' });
  expect(ask({ to: 'a' }, { caller: 'other' })).toMatchObject({ state: 'waiting' });
  expect(ask({ to: 'a' }, { of: tool('erase') })).toMatchObject({ state: 'waiting' });
  expect(ask({ to: 'a' })).toEqual({ state: 'allowed' });
});

test('a tool that a reload changed needs another approval', () => {
  const { approvals, ask } = set();
  ask({});
  approvals.decide(approvals.list()[0]!.id, true, 'ops');
  expect(ask({}, { of: tool() })).toMatchObject({ state: 'waiting' });
  expect(approvals.list()).toHaveLength(1);
});

test('nobody decides about a call of their own, and nobody decides twice', () => {
  const { approvals, ask } = set();
  ask({});
  const { id } = approvals.list()[0]!;
  expect(approvals.decide(id, true, 'agent')).toEqual({ result: 'own' });
  expect(ask({})).toMatchObject({ state: 'waiting' });
  approvals.decide(id, false, 'ops');
  expect(approvals.decide(id, true, 'ops')).toEqual({ result: 'late' });
  expect(approvals.decide('unknown', true, 'ops')).toEqual({ result: 'unknown' });
  expect(ask({})).toEqual({ state: 'denied' });
});

test('no decision in time is a no, and an approval that is not used in time expires too', () => {
  const { approvals, ask, clock, events } = set();
  ask({});
  const { id } = approvals.list()[0]!;
  clock.advance(1000);
  expect(approvals.list()).toEqual([]);
  expect(approvals.decide(id, true, 'ops')).toEqual({ result: 'unknown' });
  ask({});
  approvals.decide(approvals.list()[0]!.id, true, 'ops');
  clock.advance(1000);
  expect(ask({})).toMatchObject({ state: 'waiting' });
  const decided = events.filter((event) => (event as [string])[0] === 'approval.decided');
  expect(decided).toMatchObject([
    ['approval.decided', { decision: 'expired', by: null }],
    ['approval.decided', { decision: 'allowed', by: 'ops' }],
    ['approval.decided', { decision: 'expired', by: 'ops' }],
  ]);
});

test('a no holds until it expires', () => {
  const { approvals, ask, clock } = set();
  ask({});
  approvals.decide(approvals.list()[0]!.id, false, 'ops');
  clock.advance(999);
  expect(ask({})).toEqual({ state: 'denied' });
  clock.advance(1);
  expect(ask({})).toMatchObject({ state: 'waiting' });
});

test('one caller cannot fill the list', () => {
  const { ask } = set();
  for (let n = 0; n < 20; n++) expect(ask({ n })).toMatchObject({ state: 'waiting' });
  expect(ask({ n: 20 })).toEqual({ state: 'full' });
  expect(ask({ n: 20 }, { caller: 'other' })).toMatchObject({ state: 'waiting' });
});

test('operators see the arguments without characters that hide text', () => {
  const { approvals, ask } = set();
  ask({ to: 'a\u202eb', text: 'x'.repeat(5000) });
  const shown = approvals.list()[0]!.arguments;
  expect(shown).toContain('"ab"');
  expect(shown).toMatch(/… \(\d+ characters\)$/);
});
