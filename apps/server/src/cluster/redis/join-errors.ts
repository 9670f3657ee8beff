import { StartError } from '../../foundation/start-error.ts';

/** What the engine says, by the first word of its reply, and what to do. None of these passes by waiting. */
const REFUSALS: Readonly<Record<string, string>> = {
  NOAUTH: 'wants a password. Put it before the host: redis://:PASSWORD@HOST:PORT.',
  WRONGPASS: 'does not accept the user or password of the URL. Correct it; special characters must be percent-encoded.',
  NOPERM:
    'does not let this user run what a cluster needs. Allow it all commands on keys that begin with {NAME}: (cluster.name), and INFO.',
  READONLY: 'is a replica that takes no writes. Name the primary, or the address that follows it.',
  MASTERDOWN: 'is a replica that has lost its primary. Name the primary, or the address that follows it.',
  MOVED:
    'is a node of a Redis Cluster, and another node holds the keys of cluster.name. Name that node, or an engine without cluster mode.',
  WRONGTYPE:
    'holds something else under keys that begin with {NAME}: (cluster.name). Choose another name, or delete those keys if nothing else needs them.',
};

/** Of a command in a script. */
const NOT_ALLOWED = /can't run this command|ACL failure in script/u;

/** The same for replies that begin with ERR. */
const REFUSED_BY_TEXT: readonly (readonly [RegExp, string])[] = [
  [NOT_ALLOWED, REFUSALS['NOPERM'] ?? ''],
  [
    /DB index is out of range|invalid DB index/u,
    'does not have the database that the URL ends in. Name one that it has, or none.',
  ],
  [
    /unknown command/u,
    'does not know a command that a cluster needs. It may be a Sentinel or a proxy: name the Redis 6.2 or newer, or Valkey, itself.',
  ],
];

/** Commands are answered, and the connection that waits for changes is not. */
export const NOT_FOLLOWING = 'NOT_FOLLOWING';

const FAILURES: Readonly<Record<string, string>> = {
  [NOT_FOLLOWING]:
    'the second connection to it, on which the changes of other servers arrive, does not answer; each server needs two (maxclients)',
  ECONNREFUSED: 'nothing listens on its host and port',
  ENOTFOUND: 'its host name is not known',
  EAI_AGAIN: 'its host name cannot be looked up now',
  EHOSTUNREACH: 'there is no route to its host',
  ENETUNREACH: 'there is no route to its host',
  ECONNRESET:
    'it closed the connection: a port with TLS needs rediss://, and one with as many clients as its maxclients takes no more',
  OOM: 'its memory is full',
  LOADING: 'it is still reading its data from disk',
  BUSY: 'it is busy with a script of another client',
  MISCONF: 'it cannot write to its disk, and takes no writes',
  NOREPLICAS: 'it has too few replicas, and takes no writes',
  WRONGTYPE: 'it holds something else under keys of cluster.name',
  CLUSTERDOWN: 'it is a node of a Redis Cluster that is down',
  EPROTO: 'it does not speak TLS there: use redis://, or the port with TLS',
};

const CLIENT_CERTIFICATE = /CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE/u;
const CERTIFICATE = /CERT|ERR_TLS|ERR_SSL|SELF_SIGNED|UNABLE_TO/u;

/** The engine answers, and refuses; undefined for anything that may pass. */
export function refused(error: unknown): StartError | undefined {
  const word = firstWord(error);
  const what = Object.hasOwn(REFUSALS, word)
    ? REFUSALS[word]
    : REFUSED_BY_TEXT.find(([pattern]) => error instanceof Error && pattern.test(error.message))?.[1];
  return what === undefined ? undefined : new StartError(`The engine of cluster.url ${what}`);
}

export function unreachable(error: unknown): StartError {
  if (isAnswer(error)) {
    return new StartError(
      `The engine of cluster.url answers, but a server cannot use it: ${failureOf(error)}. Correct that and start again; what passes by itself, wait for longer with cluster.startTimeout.`,
    );
  }
  return new StartError(
    `The engine of cluster.url cannot be reached: ${failureOf(error)}. Check host, port and TLS (rediss:// where the port has it, redis:// where not), and that it runs.`,
  );
}

/** The engine has become a replica, or left its work to another node. */
export function isDemoted(error: unknown): boolean {
  return ['READONLY', 'MASTERDOWN', 'MOVED', 'CLUSTERDOWN'].includes(firstWord(error));
}

/** Why a command failed, as part of a sentence. */
export function failureOf(error: unknown): string {
  const { code = firstWord(error) } = (error ?? {}) as NodeJS.ErrnoException;
  if (CLIENT_CERTIFICATE.test(code))
    return 'it wants a TLS certificate of its clients, which this server does not have';
  if (CERTIFICATE.test(code)) {
    return `its TLS certificate is not accepted (${code}): have it signed for this host name, and name its authority in NODE_EXTRA_CA_CERTS`;
  }
  const known = FAILURES[code];
  if (known !== undefined) return known;
  const text = error instanceof Error ? error.message : '';
  if (/max number of clients/u.test(text)) return 'it has as many clients as it takes (maxclients)';
  if (NOT_ALLOWED.test(text)) return 'it does not let this user run a command that is needed';
  return isAnswer(error) ? `it answers ${code}` : 'it does not answer';
}

/** What the engine itself has said. By name: this file is loaded without the library. */
export function isAnswer(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ReplyError';
}

/** Replies of the engine begin with what went wrong. */
function firstWord(error: unknown): string {
  return error instanceof Error ? (error.message.split(' ', 1)[0] ?? '') : '';
}

export function strangers(name: string): StartError {
  return new StartError(
    `Other servers use cluster.name ${name} on the same engine with other cluster.secrets. Give all servers of a cluster the same secrets, or this one another cluster.name.`,
  );
}
