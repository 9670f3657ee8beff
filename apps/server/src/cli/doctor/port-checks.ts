import type { ServerConfig } from '../../configuration/shape/server-config.ts';
import { ok, problem, type Finding } from './finding.ts';
import type { Machine } from './machine.ts';

const actions: Readonly<Record<string, string>> = {
  EADDRINUSE: 'Stop the program that uses it (perhaps this server already runs), or choose another port.',
  EACCES: 'Ports below 1024 need root: choose a higher one, with a proxy on the low one.',
  EADDRNOTAVAIL: 'This machine has no such address: correct server.host.',
};

/** Tries every port that this configuration would listen on. */
export function checkPorts(machine: Machine, { server, metrics }: ServerConfig): Promise<Finding[]> {
  const wanted: { key: string; port: number }[] = [];
  if (server.transport === 'http') wanted.push({ key: 'server.port', port: server.port });
  if (metrics.prometheusPort !== undefined)
    wanted.push({ key: 'metrics.prometheusPort', port: metrics.prometheusPort });
  if (wanted.length === 0) return Promise.resolve([ok('ports', 'none needed over stdio')]);
  return Promise.all(
    wanted.map(async ({ key, port }) => {
      const where = `${server.host}:${port}`;
      const failure = await machine.listenFailure(server.host, port);
      return failure === undefined
        ? ok('ports', `${where} is free (${key})`)
        : problem('ports', `${where} cannot be opened: ${failure} (${key}).`, actions[failure] ?? `Change ${key}.`);
    }),
  );
}
