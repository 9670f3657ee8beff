import type { ServerConfig } from '../../configuration/server-config.ts';
import { ok, problem, type Finding } from './finding.ts';
import type { Machine } from './machine.ts';

const actions: Readonly<Record<string, string>> = {
  EADDRINUSE: 'Stop what listens there (perhaps this server already runs), or choose another port.',
  EACCES: 'Ports below 1024 are for root: choose a higher one and let a proxy listen on the low one.',
  EADDRNOTAVAIL: 'This machine has no such address: correct server.host.',
};

/** Every port that this configuration would listen on, tried. */
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
        : problem(
            'ports',
            `${where} cannot be listened on: ${failure} (${key}).`,
            actions[failure] ?? `Change ${key}.`,
          );
    }),
  );
}
