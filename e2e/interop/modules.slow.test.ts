/** Modules as their authors meet them: in a folder of their own without node_modules, in JavaScript and in TypeScript. */
import { afterEach, beforeEach, expect, test } from 'vitest';

import { runServer, scratch, type Scratch } from '../harness/server-process.ts';

let place: Scratch;
beforeEach(() => {
  place = scratch();
});
afterEach(() => place[Symbol.dispose]());

/** Writes the modules and a configuration that lists them, and lists the tools. */
function listTools(modules: Readonly<Record<string, string>>): ReturnType<typeof runServer> {
  for (const [name, text] of Object.entries(modules)) place.write(name, text);
  const list = Object.keys(modules).map((name) => `./${name}`);
  const config = place.write('config.yaml', `presets: []\nmodules: ${JSON.stringify(list)}\n`);
  return runServer(['--list-tools', '--config', config]);
}

const rollDice = `
  tools.push(defineTool({
    name: 'roll_dice',
    description: 'Rolls one die',
    input: fromJsonSchema({ type: 'object', properties: { sides: { type: 'integer' } } }),
    run: ({ sides = 6 }) => String(1 + Math.floor(Math.random() * Number(sides))),
  }));`;

test('a module in JavaScript can import the server’s packages without installing them', async () => {
  const text = `import { defineTool, fromJsonSchema } from '@mcp/server'; export const tools = []; ${rollDice}`;
  const { code, stdout } = await listTools({ 'dice.mjs': text });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^roll_dice +Rolls one die$/mu);
});

test('a module in TypeScript is loaded without a build', async () => {
  const text = `
    import { fromJsonSchema } from '@mcp/server';
    import { defineTool, type ToolDefinition } from '@mcp/tool-base';
    export const tools: ToolDefinition[] = []; ${rollDice}`;
  expect((await listTools({ 'dice.ts': text })).stdout).toContain('roll_dice');
});

test('both packages are the server’s own copies, so that errors and results are recognized', async () => {
  const text = `
    import * as server from '@mcp/server';
    import * as base from '@mcp/tool-base';
    if (server.ToolError !== base.ToolError) throw new Error('two copies');
    export const prompts = [];`;
  expect((await listTools({ 'copies.mjs': text })).code).toBe(0);
});

test('all problems of all modules are reported at once, with their position in the configuration', async () => {
  const { code, stderr } = await listTools({
    'empty.mjs': 'export const tool = 1;',
    'same.mjs': `import { defineTool, fromJsonSchema } from '@mcp/server';
      const tools = []; ${rollDice} export { tools }; export const prompts = [{}];`,
    'broken.mjs': 'export const',
  });
  expect(code).toBe(1);
  expect(stderr).toMatch(/config\.yaml:2:11: Module \S*\/empty\.mjs: It exports none of/u);
  expect(stderr).toMatch(/Module \S*\/same\.mjs: prompts\[0\]: A prompt needs a name/u);
  expect(stderr).toMatch(/Module \S*\/broken\.mjs: It cannot be loaded: SyntaxError/u);
  expect(stderr).not.toMatch(/\n\s+at .+:\d+:\d+/u);
});

test('a duplicate tool name is an error at the start', async () => {
  const text = `import { defineTool, fromJsonSchema } from '@mcp/server';
    export const tools = [defineTool({
      name: 'system_info', description: 'Again', input: fromJsonSchema({ type: 'object' }), run: () => '',
    })];`;
  const { code, stderr } = await listTools({ 'again.mjs': text });
  expect(code).toBe(1);
  expect(stderr).toContain('There is another tool named system_info.');
});

test('a setup function that throws ends the start with a message', async () => {
  const setup = place.write('setup.mjs', "export const setup = () => { throw new Error('no database'); };");
  const config = place.write('config.yaml', `presets: []\nmodules: [${setup}]\n`);
  const { code, stderr } = await runServer(['--config', config]);
  expect(code).toBe(1);
  expect(stderr).toContain(`The setup of module ${setup} failed (Error: no database).`);
  expect(stderr).not.toMatch(/\n\s+at .+:\d+:\d+/u);
});
