/** The upstream over stdio: the tools of `upstream-tools.ts`, and one that ends the process without an answer. */
import { serveStdio } from '@modelcontextprotocol/server/stdio';

import { upstreamServer } from './upstream-tools.ts';

serveStdio(() => {
  const server = upstreamServer();
  server.registerTool('crash', { description: 'Ends this program' }, () => process.exit(1));
  return server;
});
