/** What `init` detects on this machine for the configuration it writes. */
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

import { presetPrograms, type PresetProgram } from '../../tools/preset.ts';

export interface MachineFacts {
  readonly presets: readonly PresetProgram[];
  /** Networks of this machine, with the name of the interface. */
  readonly networks: readonly OwnNetwork[];
  /** A free port. */
  readonly port: number;
  /** Path of the JSON Schema, for an editor that opens the configuration file. */
  readonly schema: string;
}

export interface OwnNetwork {
  readonly cidr: string;
  readonly interface: string;
}

const FIRST_PORT = 8080;
const PORTS_TRIED = 100;
const SCHEMA_IN_PACKAGE = '@mcp/server/schema/server-config.schema.json';

/** @param file absolute path of the configuration file that will be written */
export async function detectEnvironment(file: string): Promise<MachineFacts> {
  return {
    presets: presetPrograms(),
    networks: ownNetworks(networkInterfaces()),
    port: await freePort(),
    schema: schemaFor(file),
  };
}

/** IPv4 networks of the external interfaces; a single address (/32) is not a network. @internal */
export function ownNetworks(interfaces: Readonly<Record<string, NetworkInterfaceInfo[] | undefined>>): OwnNetwork[] {
  return Object.entries(interfaces).flatMap(([name, infos]) =>
    (infos ?? [])
      .filter(({ family, internal, cidr }) => family === 'IPv4' && !internal && cidr !== null && !cidr.endsWith('/32'))
      .map(({ address, netmask, cidr }) => ({
        cidr: `${masked(address, netmask)}/${cidr?.split('/')[1] ?? ''}`,
        interface: name,
      })),
  );
}

function masked(address: string, netmask: string): string {
  const mask = netmask.split('.').map(Number);
  return address
    .split('.')
    .map((octet, index) => Number(octet) & (mask[index] ?? 0))
    .join('.');
}

/** Relative when the package is installed in a folder above the file, so that the project can move; else absolute. */
function schemaFor(file: string): string {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', SCHEMA_IN_PACKAGE);
    if (existsSync(candidate)) return relative(dirname(file), candidate);
    if (dirname(folder) === folder) return fileURLToPath(import.meta.resolve(SCHEMA_IN_PACKAGE));
  }
}

async function freePort(): Promise<number> {
  for (let port = FIRST_PORT; port < FIRST_PORT + PORTS_TRIED; port += 1) if (await isFree(port)) return port;
  return FIRST_PORT;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
