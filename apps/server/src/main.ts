#!/usr/bin/env node
// A single import: an older Node would end with a SyntaxError in the first file that it cannot parse.
import { nodeOfClone, unsupportedNodeMessage } from './foundation/node-version.ts';

const unsupported = unsupportedNodeMessage(process.versions.node);
if (unsupported === undefined) {
  (await import('./cli/hang-up.ts')).watchHangUps();
  await import('./cli/program.ts');
} else {
  process.stderr.write(`mcp-server: ${unsupported} ${nodeOfClone(process.argv[1] ?? '')}\n`);
  process.exitCode = 1;
}
