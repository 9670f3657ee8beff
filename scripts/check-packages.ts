/**
 * Packaging tested as a product: what npm would serve is packed, inspected, installed into empty projects, compiled with
 * two generations of TypeScript, and run on three of Node. One line per check; the counts are the number of lines.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Checklist } from './checklist.ts';
import { compiler, Consumer } from './packages/consumer.ts';
import { checkFirstProgram } from './packages/first-program.ts';
import { checkRefusal, checkStdio, checkVersion } from './packages/installed-server.ts';
import { installNode, type NodeVersion } from './packages/node-versions.ts';
import { checkClient, checkInit } from './packages/first-use.ts';
import { pnpmIn } from './packages/pnpm.ts';
import { type PublishablePackage, publishablePackages, withOurDependencies } from './packages/publishable-packages.ts';
import {
  checkContents,
  checkManifest,
  checkWithAttw,
  checkWithPublint,
  packAll,
  type Tarball,
} from './packages/tarball.ts';

const compilers = [compiler('typescript'), compiler('typescript-5.9')];
/** The oldest that the manifests allow, and the one after the one at hand. */
const otherNodes = ['22.18.0', '26.10.0'];
/** One that the server does not run on, and has to say so: what a machine that can build this repository may have. */
const TOO_OLD = '20.20.2';
const checklist = new Checklist();
const packages = publishablePackages();
const names = packages.map(({ manifest }) => manifest.name);
const workshop = mkdtempSync(join(tmpdir(), 'check-packages-'));

try {
  await build();
  const tarballs = await packAll(names, workshop);
  const nodes = await installOtherNodes();
  for (const each of packages) await checkOne(each, tarballs, nodes);
} catch (error) {
  await checklist.check('packing', () => Promise.reject(error));
} finally {
  rmSync(workshop, { recursive: true, force: true });
}
checklist.finish('reports/totals-of-packages.json');

/** From empty folders: the compiler never deletes, so the output of a file that is gone would be shipped for ever. */
async function build(): Promise<void> {
  for (const { folder } of packages) rmSync(join(folder, 'dist'), { recursive: true, force: true });
  // With the private packages whose output goes into theirs.
  await pnpmIn(
    names.map((name) => `${name}...`),
    ['run', 'build'],
  );
}

async function installOtherNodes(): Promise<NodeVersion[]> {
  const nodes: NodeVersion[] = [];
  for (const version of otherNodes) {
    await checklist.check(`Node ${version} can be installed`, async () => {
      nodes.push(await installNode(version, join(workshop, `node-${version}`)));
    });
  }
  return nodes;
}

async function checkOne(
  each: PublishablePackage,
  tarballs: readonly Tarball[],
  nodes: readonly NodeVersion[],
): Promise<void> {
  const { name, version } = each.manifest;
  const tarball = tarballOf(each, tarballs);
  await checklist.check(`${name}: the tarball holds what it should`, () => checkContents(tarball));
  await checklist.check(`${name}: the manifest is fit for users`, () => checkManifest(tarball));
  await checklist.check(`${name}: publint --strict`, () => checkWithPublint(tarball));
  await checklist.check(`${name}: attw --profile esm-only`, () => checkWithAttw(tarball));

  const consumer = new Consumer(join(workshop, 'consumers', each.folder), name);
  const needed = withOurDependencies(each, packages).map((one) => tarballOf(one, tarballs));
  const installed = await checklist.check(`${name}: installs into an empty project`, () => consumer.install(needed));
  if (!installed) return;
  const namesHold = `${name}: every public name is there on Node ${process.version}`;
  if (!(await checklist.check(namesHold, () => consumer.checkNames()))) return;
  for (const each of compilers) {
    const what = `${name}: compiles with TypeScript ${each.version}, libraries checked, and runs`;
    await checklist.check(what, () => consumer.checkCompiles(each));
  }
  for (const node of nodes) {
    await checklist.check(`${name}: runs on Node ${node.version}`, () => consumer.checkRunsOn(node.program));
  }
  const [oldest] = nodes;
  // That of the upstreams needs another server; examples/ runs it with one. The server's README has no program.
  if (oldest !== undefined && name !== '@mcp/upstreams' && name !== '@mcp/server') {
    const what = `${name}: the first program of the README runs on Node ${oldest.version}`;
    await checklist.check(what, () => checkFirstProgram(consumer, name, oldest.program));
  }
  if (name !== '@mcp/server') return;
  for (const node of nodes) {
    const what = `${name}: mcp-server answers over stdio on Node ${node.version}`;
    await checklist.check(what, () => checkStdio(consumer, node.program));
  }
  await checklist.check(`${name}: on Node ${TOO_OLD} it says which one it needs`, async () => {
    await checkRefusal(consumer, await installNode(TOO_OLD, join(workshop, `node-${TOO_OLD}`)));
  });
  await checklist.check(`${name}: mcp-server --version`, () => checkVersion(consumer, version));
  await checklist.check(`${name}: mcp-server answers over stdio in an empty folder`, () => checkStdio(consumer));
  await checklist.check(`${name}: mcp-server init writes what passes --check`, () => checkInit(consumer));
  await checklist.check(`${name}: a client that starts it by npx calls a tool`, () => checkClient(consumer));
}

function tarballOf({ manifest }: PublishablePackage, tarballs: readonly Tarball[]): Tarball {
  const found = tarballs.find(({ name }) => name === manifest.name);
  if (!found) throw new Error(`pnpm pack left no tarball of ${manifest.name}`);
  return found;
}
