/**
 * Runs the conformance suite against a server that has nothing of its own, once with the published server-everything as its upstream,
 * and once with the server that the suite is made for. What passes is compared with the record in `through-gateway.json`: a scenario
 * that no longer passes fails the command, and so does one that begins to, until the record says so.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { freePort, scratch, startHttpServer, type Scratch } from '../harness/server-process.ts';
import { REVISIONS, runSuite, suiteEnvironment, type Revision } from './suite.ts';

/** For each upstream and revision, the required scenarios that do not pass, with the reason. */
type Recorded = Readonly<Record<string, Readonly<Record<Revision, Readonly<Record<string, string>>>>>>;

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const recorded = JSON.parse(readFileSync(here('through-gateway.json'), 'utf8')) as Recorded;

async function main(): Promise<number> {
  using place = scratch();
  const manifest = fileURLToPath(import.meta.resolve('@modelcontextprotocol/server-everything/package.json'));
  const program = join(dirname(manifest), 'dist/index.js');
  const published = await compare('server-everything', place, {
    everything: { command: [process.execPath, program, 'stdio'], ...OPEN },
  });
  const port = await freePort();
  await using upstream = await startHttpServer({
    configFile: here('upstream.yaml'),
    port,
    env: suiteEnvironment(port),
  });
  const own = await compare('suite-server', place, { test: { url: `${upstream.url}/mcp`, ...OPEN } });
  return published && own ? 0 : 1;
}

const OPEN = { trust: 'open', prompts: { enabled: true }, resources: { enabled: true } };

/** @returns whether exactly what is recorded does not pass */
async function compare(name: string, place: Scratch, upstreams: object): Promise<boolean> {
  const port = await freePort();
  const configFile = place.write(
    `${name}.yaml`,
    JSON.stringify({
      security: { auth: 'none', rateLimit: { requests: 100_000, window: 60 } },
      presets: [],
      upstreams,
    }),
  );
  await using server = await startHttpServer({ configFile, port, env: suiteEnvironment(port) });
  await allListed(server.url);
  let isAsRecorded = true;
  const scores: string[] = [];
  for (const revision of REVISIONS) {
    const { summary, required, passes } = await runSuite(
      revision,
      `${server.url}/mcp`,
      join(place.folder, name, revision),
    );
    const known = Object.keys(recorded[name]?.[revision] ?? {});
    const failed = required.filter((scenario) => !passes(scenario));
    const worse = failed.filter((scenario) => !known.includes(scenario));
    const better = known.filter((scenario) => !failed.includes(scenario));
    if (worse.length + better.length > 0) {
      isAsRecorded = false;
      console.log(`${revision}\n${summary}`);
      console.log(`not recorded: ${worse.join(', ') || 'none'}; recorded and passing: ${better.join(', ') || 'none'}`);
    }
    scores.push(`${revision} ${required.length - failed.length}/${required.length}`);
  }
  console.log(`through the gateway, ${name}: ${scores.join(', ')}`);
  return isAsRecorded;
}

/** Upstreams are listed in the background. */
async function allListed(url: string): Promise<void> {
  for (;;) {
    const response = await fetch(`${url}/upstreams`);
    const { upstreams } = (await response.json()) as { upstreams: { tools: number; resources?: number }[] };
    if (upstreams.every(({ tools, resources = 0 }) => tools > 0 && resources > 0)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

process.exitCode = await main();
