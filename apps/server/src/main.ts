#!/usr/bin/env node
// One import and no more: an older Node would end with a SyntaxError in whatever file it understands least.
import { complaintAboutNode } from './node-version.ts';

const complaint = complaintAboutNode(process.versions.node);
if (complaint === undefined) {
  await import('./cli/program.ts');
} else {
  process.stderr.write(`mcp-server: ${complaint} Install a current one from https://nodejs.org.\n`);
  process.exitCode = 1;
}
