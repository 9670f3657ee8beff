/** fastmcp over stdio. */
import { FastMCP } from 'fastmcp';
import * as z from 'zod';

const server = new FastMCP({ name: 'fastmcp', version: '1.0.0' });
server.addTool({
  name: 'echo',
  description: 'Says it again',
  parameters: z.object({ text: z.string().max(1000).describe('What to say') }),
  execute: ({ text }) => Promise.resolve(text),
});
await server.start({ transportType: 'stdio' });
