import { expect, test } from 'vitest';

import { MemoryEventBus } from '../events/memory-event-bus.ts';
import type { ServerEventData } from '../events/server-events.ts';
import { logCalls } from './call-log.ts';
import { loggerTo } from './logger.ts';

type Kind = ServerEventData['tool.changed']['change'];

function setup(level: 'info' | 'debug' = 'info') {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string): void => void lines.push(JSON.parse(line) as Record<string, unknown>);
  const events = new MemoryEventBus();
  const log = logCalls(events, loggerTo({ level, format: 'json' }, { write }));
  const change = (kind: Kind, count: number): void => {
    for (let n = 0; n < count; n++) events.publish('tool.changed', { tool: `t${n}`, change: kind });
  };
  return { lines, change, log };
}

test('a handful of tools that change at once have a line each', async () => {
  const { lines, change } = setup();
  change('replaced', 5);
  await Promise.resolve();
  expect(lines).toHaveLength(5);
  expect(lines[4]).toMatchObject({ level: 'info', msg: 'tool.changed', tool: 't4', change: 'replaced' });
});

test('more that change at once are one line for each kind of change, with their number', async () => {
  const { lines, change } = setup('debug');
  change('replaced', 1500);
  change('added', 6);
  change('removed', 1);
  await Promise.resolve();
  const tools = ['t0', 't1', 't2', 't3', 't4'];
  expect(lines).toMatchObject([
    { level: 'info', msg: 'tool.changed', change: 'replaced', count: 1500, tools },
    { level: 'debug', msg: 'tool.changed', change: 'added', count: 6, tools },
    { level: 'info', msg: 'tool.changed', change: 'removed', tool: 't0' },
  ]);
});

test('changes of different turns are not counted together', async () => {
  const { lines, change } = setup();
  change('disabled', 3);
  await Promise.resolve();
  change('disabled', 3);
  await Promise.resolve();
  expect(lines).toHaveLength(6);
});

test('what changed last is logged when logging ends', () => {
  const { lines, change, log } = setup();
  change('removed', 1);
  log[Symbol.dispose]();
  expect(lines).toHaveLength(1);
});
