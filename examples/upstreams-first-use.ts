/** The first block of the README of @mcp/upstreams, which is checked against this file. */
import assert from 'node:assert/strict';
import { address } from './upstreams/echo-server.ts';

import { callTool, Tool } from '@mcp/tool-base';
import { Upstream } from '@mcp/upstreams';

const url = process.env['MCP_URL'] ?? 'http://127.0.0.1:3001/mcp';
const everything = new Upstream({ key: 'everything', http: { url } });
await everything.readTools(); // or start(), which reads them in the background, and again when they change
const definition = everything.tools.find(({ name }) => name === 'everything_echo');
if (!definition) throw new Error('there is no tool echo');
const tool = new Tool(definition);
const result = await callTool(tool, { arguments: { message: 'Hello' }, caller: { name: 'ana' } });
console.log(result.content); // [ { type: 'text', text: 'Echo: Hello' } ]
await everything[Symbol.asyncDispose]();

assert.equal(url, address);
assert.deepEqual(result.content, [{ type: 'text', text: 'Echo: Hello' }]);
