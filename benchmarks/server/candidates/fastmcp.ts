/** fastmcp over HTTP, stateless. */
import { createServer } from 'node:net';

import { FastMCP } from 'fastmcp';
import * as z from 'zod';

import { ready } from './bare-answers.ts';

const server = new FastMCP({ name: 'fastmcp', version: '1.0.0' });
const parameters = z.object({ text: z.string().max(1000).describe('What to say') });
for (let index = 0; index < Number(process.env['BENCH_TOOLS'] ?? 1); index++) {
  server.addTool({
    name: index === 0 ? 'echo' : `echo_${index}`,
    description: 'Says it again',
    parameters,
    execute: ({ text }) => Promise.resolve(text),
  });
}

// It does not say which port it was given, so one is looked for first.
const probe = createServer().listen(0, '127.0.0.1', () => {
  const address = probe.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  probe.close(() => {
    void server
      .start({ transportType: 'httpStream', httpStream: { port, host: '127.0.0.1', stateless: true } })
      .then(() => ready(address));
  });
});
