import { callTool, defineTool, Tool, type ToolKind } from '@mcp/tool-base';
import { countTokens } from 'gpt-tokenizer';
import { describe, expect, test } from 'vitest';

import { ToolSearch } from './tool-search.ts';

function toolNamed(name: string, kind: ToolKind = 'operation'): Tool {
  const input = { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] } as const;
  return new Tool({ ...defineTool({ name, description: `Does ${name}.`, input, run: () => name }), kind });
}

const many = Array.from({ length: 1000 }, (_, at) => `crm_get_thing${at}`);
const local = toolNamed('system_info', 'function');

/** Of a list of tools, as models read it. */
function tokensOf(tools: readonly Tool[]): number {
  const listed = tools.map(({ name, definition, inputJsonSchema }) => {
    const { title, description, annotations } = definition;
    return { name, title, description, inputSchema: inputJsonSchema, annotations };
  });
  return countTokens(JSON.stringify(listed));
}

function call(
  search: ToolSearch,
  visible: readonly Tool[],
  name: string,
  values: unknown,
  version = 1,
): ReturnType<typeof callTool> {
  const tool = search.tools.find((one) => one.name === name);
  return search.run({ tools: visible, scopes: 'all', version }, () =>
    callTool(tool, { arguments: values, caller: { name: 'ana' } }),
  );
}

describe('the list', () => {
  test('is as it is up to 60 tools, and then the local tools and three for searching', () => {
    const auto = new ToolSearch({ mode: 'auto' });
    const few = [local, ...many.slice(0, 59).map((name) => toolNamed(name))];
    expect(auto.listed(few)).toBe(few);
    const shown = auto.listed([...few, toolNamed('crm_more')]);
    expect(shown.map(({ name }) => name)).toEqual(['search_tools', 'describe_tool', 'call_tool', 'system_info']);
    expect(tokensOf(shown)).toBeLessThan(3000);
  });

  test('has further tools that are named by a pattern', () => {
    const search = new ToolSearch({ mode: 'auto', alwaysListed: ['crm_get_thing1?', 'far_*', 'none'] });
    const visible = [...many.slice(0, 100), 'far_search'].map((name) => toolNamed(name));
    const shown = search.listed(visible).map(({ name }) => name);
    expect(shown.slice(3)).toEqual([...many.slice(10, 20), 'far_search']);
  });

  test('of 500 operations takes less than 15 % of the tokens of their own list', () => {
    const properties = {
      id: { type: 'string', description: 'The id of the thing' },
      expand: { type: 'array', items: { type: 'string', enum: ['owner', 'history'] } },
      limit: { type: 'integer', minimum: 1, maximum: 100, description: 'How many at most' },
    };
    const input = { type: 'object', properties, required: ['id'] } as const;
    const operations = many.slice(0, 500).map((name) => {
      const description = `Returns what is known of ${name} by its id.`;
      return new Tool({ ...defineTool({ name, description, input, run: () => name }), kind: 'operation' });
    });
    const locals = Array.from({ length: 12 }, (_, at) => toolNamed(`local_${at}`, 'function'));
    const all = [...locals, ...operations];
    expect(tokensOf(new ToolSearch({ mode: 'auto' }).listed(all)) / tokensOf(all)).toBeLessThan(0.15);
  });

  test('has the tools for searching always, where that is configured, but nothing for a caller who sees nothing', () => {
    const always = new ToolSearch({ mode: 'always' });
    expect(always.listed([local, toolNamed('crm_a')])).toHaveLength(4);
    expect(always.listed([])).toEqual([]);
  });
});

describe('a search', () => {
  test('finds only what the caller sees, and what is there now', async () => {
    const search = new ToolSearch({ mode: 'always' });
    const [invoice, order] = [toolNamed('crm_delete_invoice'), toolNamed('crm_delete_order')];
    const found = async (visible: readonly Tool[], version: number): Promise<unknown> =>
      (await call(search, visible, 'search_tools', { search: 'remove an invoice' }, version)).structured['tools'];
    expect(await found([invoice, order], 1)).toMatchObject([{ name: 'crm_delete_invoice', arguments: 'id' }, {}]);
    expect(await found([order], 2)).toMatchObject([{ name: 'crm_delete_order' }]);
  });

  test('ends in the schema of a tool', async () => {
    const search = new ToolSearch({ mode: 'always' });
    const tool = toolNamed('crm_get');
    const described = await call(search, [tool], 'describe_tool', { name: 'crm_get' });
    expect(described.structured).toMatchObject({ name: 'crm_get', inputSchema: { required: ['id'] } });
    const unknown = await call(search, [tool], 'describe_tool', { name: 'crm_other' });
    expect(unknown.error).toMatchObject({ type: 'validation_error', suggestion: 'Find its name with search_tools.' });
  });
});

test('call_tool stands for the tool that it names, unless that is a tool for searching', () => {
  const search = new ToolSearch({ mode: 'always' });
  expect(search.redirect('call_tool', { name: 'a', arguments: { id: 1 } })).toEqual({
    name: 'a',
    arguments: { id: 1 },
  });
  expect(search.redirect('call_tool', { name: 'a' })).toEqual({ name: 'a', arguments: {} });
  for (const given of [
    undefined,
    [],
    { name: 1 },
    { name: 'call_tool' },
    { name: 'search_tools' },
    { name: 'a', more: 1 },
  ]) {
    expect(search.redirect('call_tool', given)).toBeUndefined();
  }
  expect(search.redirect('a', { name: 'b' })).toBeUndefined();
});
