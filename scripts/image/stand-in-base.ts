/**
 * A stand-in for the official Node image, for machines that reach no image registry: the same Debian with the Node of this
 * repository and npm, under the very name the Dockerfile asks for.
 */
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { mustRun } from '../run-program.ts';
import type { ImageStore } from './image-store.ts';

/** The generation that comes with Node 24. */
const NPM_OF_THE_BASE = 'npm@11';

interface BaseName {
  /** As the Dockerfile writes it: `node:24.21.0-trixie-slim`. */
  readonly name: string;
  readonly nodeVersion: string;
  readonly debian: string;
}

/** The one base of every stage. */
export function baseOf(dockerfile: string): BaseName {
  const names = new Set(readFileSync(dockerfile, 'utf8').match(/(?<=^FROM )\S+/gmu));
  const [name = ''] = names;
  const parts = /^node:(?<nodeVersion>[\d.]+)-(?<debian>[a-z]+)-slim$/u.exec(name)?.groups;
  if (names.size !== 1 || !parts)
    throw new Error(`expected one base like node:24.21.0-trixie-slim, found ${[...names].join(', ')}`);
  return { name, nodeVersion: parts['nodeVersion'] ?? '', debian: parts['debian'] ?? '' };
}

export async function makeStandInBase(store: ImageStore, { name, nodeVersion, debian }: BaseName): Promise<void> {
  if (nodeVersion !== process.versions.node) {
    throw new Error(`the Dockerfile builds on Node ${nodeVersion}, the repository uses ${process.versions.node}`);
  }
  const container = await store.containerFrom('scratch');
  const args = ['--quiet', '--variant=minbase', '--include=ca-certificates', debian, container.root];
  // Half a minute on an idle machine.
  await mustRun('mmdebstrap', args, { timeoutMs: 600_000 });
  const local = join(container.root, 'usr/local');
  mkdirSync(join(local, 'bin'), { recursive: true });
  copyFileSync(process.execPath, join(local, 'bin/node'));
  await mustRun('npm', ['install', '--global', '--prefix', local, NPM_OF_THE_BASE, '--no-audit', '--no-fund']);
  await container.commit(`docker.io/library/${name}`, trustOfThisMachine(container.root));
}

/** Where a proxy signs for the registries, the build has to trust what this machine trusts. */
function trustOfThisMachine(root: string): Readonly<Record<string, string>> {
  const certificates = process.env['NODE_EXTRA_CA_CERTS'];
  if (certificates === undefined) return {};
  const place = '/etc/ssl/certs/of-the-builder.crt';
  mkdirSync(dirname(join(root, place)), { recursive: true });
  copyFileSync(certificates, join(root, place));
  return { NODE_EXTRA_CA_CERTS: place };
}
