/**
 * Runs the official MCP conformance suite from npm against the built server: everything that each
 * revision requires, and the scenarios that are not scored. The last line is the result.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { freePort, scratch, startHttpServer } from '../harness/server-process.ts';
import { REVISIONS, runSuite, suiteEnvironment } from './suite.ts';

const configFile = fileURLToPath(new URL('server.yaml', import.meta.url));

async function main(): Promise<number> {
  using place = scratch();
  const port = await freePort();
  await using server = await startHttpServer({ configFile, port, env: suiteEnvironment(port) });
  const scores: string[] = [];
  const others: string[] = [];
  let everything = true;
  for (const revision of REVISIONS) {
    const run = await runSuite(revision, `${server.url}/mcp`, join(place.folder, revision));
    console.log(`${revision}\n${run.summary}`);
    const { required, notScored, passes, isEmpty, accepted } = run;
    const passed = required.filter(passes).length;
    const empty = notScored.filter(isEmpty).length;
    const otherPassed = notScored.filter(passes).length - empty;
    everything &&= accepted && passed === required.length && otherPassed + empty === notScored.length;
    scores.push(`${revision} ${passed}/${required.length}`);
    others.push(`${revision} ${otherPassed}/${notScored.length} (${empty} without checks)`);
  }
  console.log(`not scored ${others.join(', ')}`);
  console.log(`conformance ${scores.join(', ')}`);
  return everything ? 0 : 1;
}

process.exitCode = await main();
