/** Recall on made-up tools: 100 things and 10 actions, and searches in other words than those of the tools. */
import type { ToolAnnotations } from '@mcp/tool-base';
import { expect, test } from 'vitest';

import type { SearchableTool } from './search-document.ts';
import { SearchIndex } from './search-index.ts';

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

test('of 1000 tools, the right one is among the first five for 9 searches of 10', async () => {
  expect([new Set(tools.map(({ name }) => name)).size, labelled.length]).toEqual([1000, 200]);
  const index = await SearchIndex.of(tools);
  const missed = labelled.filter(
    ({ search, expected }) => !index.find(search, 5).some(({ name }) => name === expected),
  );
  expect(missed.length / labelled.length).toBeLessThanOrEqual(0.1);
});

test('a misspelt word finds its tool, and nothing finds nothing', async () => {
  const index = await SearchIndex.of(tools);
  expect(index.find('delete subscripton', 5).map(({ name }) => name)).toContain('erp_delete_subscription');
  expect(index.find('the of a', 5)).toEqual([]);
});

test.each([
  ['get rid of the subscription', 'erp_delete_subscription'],
  ['set up a campaign', 'erp_create_campaign'],
  ['rename the folder', 'erp_update_folder'],
  ['wipe a backup', 'erp_delete_backup'],
  ['take the coupon away', 'erp_delete_coupon'],
  ['write a review', 'erp_create_review'],
  ['I am looking for the history of a driver', 'erp_history_driver'],
])('an action is found however it is said: %s', async (search, expected) => {
  expect((await SearchIndex.of(tools)).find(search, 5).map(({ name }) => name)).toContain(expected);
});

test.each([
  ['获取客户信息', '客户', '取消订单'],
  ['顧客の注文を表示する', '注文', '請求書を送る'],
  ['Удаляет счёт клиента', 'счёт клиента', 'Показывает заказы'],
  ['Ürünü günceller', 'urunu guncelle', 'Siparişi siler'],
  ['고객 주문을 취소합니다', '주문을 취소', '송장을 보냅니다'],
  ['แสดงรายการลูกค้า', 'ลูกค้า', 'ลบใบสั่งซื้อ'],
  ['يعرض طلبات العميل', 'طلبات', 'يحذف الفاتورة'],
])('a description in another script is found: %s', async (description, search, other) => {
  const described = (name: string, text: string): SearchableTool => ({
    name,
    inputJsonSchema: { type: 'object' },
    definition: { description: text },
  });
  const index = await SearchIndex.of([described('other', other), described('wanted', description)]);
  expect(index.find(search, 1).map(({ name }) => name)).toEqual(['wanted']);
});

test('a tool is found by its keywords, and by values and names inside of its arguments', async () => {
  const named = (name: string, more: Partial<SearchableTool>): SearchableTool => ({
    name,
    definition: { description: 'Does something.' },
    inputJsonSchema: { type: 'object' },
    ...more,
  });
  const action = { type: 'object', properties: { kind: { enum: ['defragment', 'rebuild'] }, throttle: {} } };
  const index = await SearchIndex.of([
    named('other', {}),
    named('act', {
      inputJsonSchema: { type: 'object', properties: { body: { $ref: '#/$defs/Act' } }, $defs: { Act: action } },
    }),
    named('tagged', { definition: { description: 'Does something.', keywords: 'Droplets are virtual machines' } }),
  ]);
  const found = (search: string): string[] => index.find(search, 1).map(({ name }) => name);
  expect([found('defragment'), found('throttle'), found('machine')]).toEqual([['act'], ['act'], ['tagged']]);
});

test('of tools for the same thing, those that do what is asked for are first', async () => {
  const hinted = (name: string, annotations: ToolAnnotations): SearchableTool => ({
    name,
    definition: { description: 'Membership of a team.', annotations },
    inputJsonSchema: { type: 'object' },
  });
  const index = await SearchIndex.of([
    hinted('read', { readOnlyHint: true }),
    hinted('change', { readOnlyHint: false }),
    hinted('end', { readOnlyHint: false, destructiveHint: true }),
  ]);
  const first = (search: string): string | undefined => index.find(search, 3)[0]?.name;
  expect(first('who has membership of the team')).toBe('read');
  expect(first('assign team membership')).toBe('change');
  expect(first('remove team membership')).toBe('end');
});

test('the tools are read in turns, between which other work goes on', async () => {
  let read = 0;
  const many = Array.from({ length: 200 }, (_, at) => ({
    name: `tool_${at}`,
    inputJsonSchema: { type: 'object' },
    get definition() {
      read += 1;
      return { description: `Does thing ${at}.` };
    },
  }));
  const index = SearchIndex.of(many);
  const inFirstTurn = read;
  await index;
  expect([inFirstTurn < 100, read]).toEqual([true, 200]);
});
