import { expect, test } from 'vitest';

import type { Entry } from '../engine.ts';
import { SharedTable } from './shared-table.ts';

/** One server, and an engine that takes every entry. */
function setUp(): { table: SharedTable; inForce: Map<string, string>; sent: unknown[] } {
  const inForce = new Map<string, string>();
  const sent: unknown[] = [];
  let counter = 0;
  const engine = {
    set: async (_table: string, name: string, value: string, version = (counter += 1)): Promise<Entry> => {
      sent.push([name, value, version]);
      return { version, value };
    },
  };
  const apply = (name: string, value: string): unknown => inForce.set(name, value);
  return { table: new SharedTable({ engine: engine as never, table: 'switches', apply }), inForce, sent };
}

const tableOf = (...entries: [name: string, version: number, value: string][]): Map<string, Entry> =>
  new Map(entries.map(([name, version, value]) => [name, { version, value }]));

test('an engine gets back what it does not have, and what it has in an older version', async () => {
  const { table, sent } = setUp();
  table.onTable(tableOf(['ping', 2, 'off'], ['df', 3, 'off'], ['ps', 4, 'off']));
  table.onTable(tableOf(['ping', 1, 'on'], ['ps', 4, 'off']));
  expect(sent).toEqual([
    ['ping', 'off', 2],
    ['df', 'off', 3],
  ]);
});

test('of two values with one version, that of the engine counts on every server', () => {
  const { table, inForce, sent } = setUp();
  table.onTable(tableOf(['ping', 2, 'off']));
  table.onTable(tableOf(['ping', 2, 'on']));
  expect(inForce.get('ping')).toBe('on');
  table.onEntry('ping', { version: 2, value: 'off' });
  expect(inForce.get('ping')).toBe('off');
  expect(sent).toEqual([]);
});
