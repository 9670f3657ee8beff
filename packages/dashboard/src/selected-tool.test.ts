import { expect, test } from 'vitest';

import type { ToolDetailsAnswer } from './api/answers.ts';
import { SelectedTool } from './selected-tool.ts';
import { defaultOptions } from './state/view-options.ts';
import type { ToolView } from './state/tool-view.ts';
import { ManualClock } from './test-support/manual-clock.ts';
import type { LoadedTool } from './views/tools/tool-details.ts';

function setup() {
  const clock = new ManualClock();
  const requests: { tool: string; respond: () => void }[] = [];
  const shown: (string | undefined)[] = [];
  const states: string[] = [];
  const selected = new SelectedTool({
    clock,
    actions: {
      loadTool(tool) {
        const { promise, resolve } = Promise.withResolvers<LoadedTool | undefined>();
        const details = { name: tool } as unknown as ToolDetailsAnswer;
        requests.push({ tool, respond: () => resolve({ details, calls: [] }) });
        return promise;
      },
    },
    details: {
      show: (tool) => shown.push(tool?.details.name),
      update: ({ name, enabled }) => states.push(`${name} ${enabled}`),
    },
    form: { show: () => undefined, clear: () => undefined },
  });
  const update = (tool: string | undefined, enabled = true): void => {
    const tools = ['a', 'b'].map((name) => ({ name, enabled })) as unknown as ToolView[];
    selected.update({ options: { ...defaultOptions, tool }, tools });
  };
  const requested = (): string[] => requests.map(({ tool }) => tool);
  return { clock, requests, requested, shown, states, update };
}

test('the details of the selected tool are loaded once in four seconds', () => {
  const { clock, requested, update } = setup();
  update('a');
  clock.advance(3999);
  update('a');
  expect(requested()).toEqual(['a']);
  clock.advance(1);
  update('a');
  expect(requested()).toEqual(['a', 'a']);
});

test('another tool is loaded at once, and a late response of the first is ignored', async () => {
  const { clock, requests, requested, shown, update } = setup();
  update('a');
  update('b');
  expect(requested()).toEqual(['a', 'b']);
  requests[0]?.respond();
  requests[1]?.respond();
  await clock.advanceAsync(0);
  expect(shown).toEqual([undefined, 'b']);
});

test('without a selection nothing is loaded, and the details are hidden', async () => {
  const { clock, requests, requested, shown, update } = setup();
  update(undefined);
  expect([requested(), shown]).toEqual([[], []]);
  update('a');
  update(undefined);
  requests[0]?.respond();
  await clock.advanceAsync(0);
  expect(shown).toEqual([undefined]);
});

test('the switch of the selected tool follows every drawing, not only those that load the details', () => {
  const { states, update } = setup();
  update(undefined);
  update('b');
  update('b', false);
  expect(states).toEqual(['b true', 'b false']);
});
