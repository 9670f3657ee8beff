/** What can be known beforehand about the lock file in which approved tools of upstreams are kept. */
import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';

import type { ServerConfig } from '../configuration/shape/server-config.ts';
import type { UpstreamFinding } from './upstream-finding.ts';

const SETTING = 'federation.lockFile';

export async function approvalFindings({ federation, upstreams }: ServerConfig): Promise<UpstreamFinding[]> {
  const { LockFile, PinStoreError } = await import('@mcp/upstreams');
  const trusting = Object.entries(upstreams).filter(([, { trust }]) => trust !== 'open');
  const file = new LockFile(federation.lockFile);
  let unknown: readonly (readonly [key: string, upstream: { readonly trust: string }])[];
  try {
    unknown = trusting.filter(([key]) => file.read(key, 'tools') === undefined);
  } catch (error) {
    if (!(error instanceof PinStoreError)) throw error;
    return [{ setting: SETTING, problem: error.message, remedy: 'Then mcp-server upstreams check says what waits.' }];
  }
  const findings = unknown
    .filter(([, { trust }]) => trust === 'locked')
    .map(([key]) => ({
      setting: `upstreams.${key}.trust`,
      problem: `It is locked, and ${federation.lockFile} approves nothing of it, so none of its tools is offered.`,
      remedy: 'Look at them with mcp-server upstreams diff, then run mcp-server upstreams approve.',
    }));
  const problem = unwritable(federation.lockFile);
  if (problem === undefined || unknown.every(([, { trust }]) => trust === 'locked')) return findings;
  const remedy =
    'Name a file in a folder that the server may write, or use trust: locked with a file that approves them.';
  return [
    ...findings,
    { setting: SETTING, problem: `${problem}, so the first lists count only until the server ends.`, remedy },
  ];
}

/** It is written beside the file and renamed. */
function unwritable(file: string): string | undefined {
  const folder = dirname(file);
  if (!existsSync(folder)) return `The folder of ${file} does not exist`;
  try {
    accessSync(folder, constants.W_OK);
    return undefined;
  } catch {
    return `This user may not write in ${folder}`;
  }
}
