/** Recall on made-up tools: 100 things and 10 actions, and searches in other words than those of the tools. */
import MiniSearch from 'minisearch';
import { expect, test } from 'vitest';

import { SearchIndex, type SearchableTool } from './search-index.ts';

const THINGS = (
  'invoice customer order payment refund subscription product warehouse shipment supplier contract employee payroll vacation ' +
  'meeting calendar document folder comment ticket incident alert dashboard server container cluster deployment backup ' +
  'certificate domain firewall network router switch printer license asset vehicle driver route delivery parcel label ' +
  'coupon campaign newsletter audience survey lead opportunity quote forecast budget expense receipt account ledger tax ' +
  'currency rate loan mortgage insurance claim patient appointment prescription laboratory sample diagnosis hospital doctor ' +
  'course student teacher exam grade lesson classroom library book author article review photo album video playlist song ' +
  'recipe ingredient restaurant table reservation hotel flight passenger ticketing luggage seat train station'
)
  .split(' ')
  .slice(0, 100);

interface Action {
  readonly name: string;
  readonly describe: (thing: string) => string;
  readonly searches: readonly string[];
}

const ACTIONS: readonly Action[] = [
  {
    name: 'list',
    describe: (t) => `Returns all ${t} records, page by page.`,
    searches: ['show me all THINGs', 'browse the THINGs'],
  },
  {
    name: 'get',
    describe: (t) => `Returns one ${t} by its id.`,
    searches: ['look up one THING', 'details of a THING'],
  },
  { name: 'create', describe: (t) => `Creates a ${t}.`, searches: ['add a new THING', 'register a THING'] },
  { name: 'update', describe: (t) => `Changes fields of a ${t}.`, searches: ['edit a THING', 'modify the THING'] },
  {
    name: 'delete',
    describe: (t) => `Deletes a ${t} for ever.`,
    searches: ['remove a THING', 'how can I erase this THING'],
  },
  {
    name: 'export',
    describe: (t) => `Exports ${t} data as CSV.`,
    searches: ['download THINGs as CSV', 'THING csv dump'],
  },
  { name: 'approve', describe: (t) => `Approves a waiting ${t}.`, searches: ['accept the THING', 'confirm a THING'] },
  {
    name: 'cancel',
    describe: (t) => `Cancels a ${t} that has not ended.`,
    searches: ['abort a THING', 'stop the THING'],
  },
  {
    name: 'send',
    describe: (t) => `Sends a ${t} to an e-mail address.`,
    searches: ['dispatch the THING by email', 'deliver a THING by mail'],
  },
  {
    name: 'history',
    describe: (t) => `Returns the change log of a ${t}.`,
    searches: ['change log of a THING', 'history of THINGs'],
  },
];

const tools: SearchableTool[] = THINGS.flatMap((thing) =>
  ACTIONS.map(({ name, describe }) => ({
    name: `erp_${name}_${thing}`,
    definition: { description: describe(thing) },
    inputJsonSchema: { type: 'object', properties: { id: { type: 'string', description: `Id of the ${thing}` } } },
  })),
);

/** Every thing with two of its actions: 200 searches. */
const labelled = THINGS.flatMap((thing, at) =>
  [at, at + 3].map((which) => {
    const action = ACTIONS[which % ACTIONS.length]!;
    const search = action.searches[at % 2]!.replace('THING', thing);
    return { search, expected: `erp_${action.name}_${thing}` };
  }),
);

test('of 1000 tools, the right one is among the first five for 9 searches of 10', () => {
  expect([new Set(tools.map(({ name }) => name)).size, labelled.length]).toEqual([1000, 200]);
  const index = new SearchIndex(MiniSearch, tools);
  const missed = labelled.filter(
    ({ search, expected }) => !index.find(search, 5).some(({ name }) => name === expected),
  );
  expect(missed.length / labelled.length).toBeLessThanOrEqual(0.1);
});

test('a misspelt word finds its tool, and nothing finds nothing', () => {
  const index = new SearchIndex(MiniSearch, tools);
  expect(index.find('delete subscripton', 5).map(({ name }) => name)).toContain('erp_delete_subscription');
  expect(index.find('the of a', 5)).toEqual([]);
});
