import { StartError } from '../start-error.ts';

export function unreachable(): StartError {
  return new StartError(
    'The engine of cluster.url cannot be reached, or does not answer. Check host, port, password and TLS (rediss://), and that it runs.',
  );
}

export function strangers(name: string): StartError {
  return new StartError(
    `Other servers use cluster.name ${name} on the same engine with other cluster.secrets. Give all servers of a cluster the same secrets, or this one another cluster.name.`,
  );
}
