import type { IncomingMessage } from 'node:http';

import type { ClientName } from '../../../observability/audit/audit-entry.ts';

/** Where a plain HTTP request comes from, for the audit log. */
export interface Origin {
  readonly address: string | undefined;
  readonly client: ClientName | undefined;
}

export type OriginRequest = {
  readonly socket: Pick<IncomingMessage['socket'], 'remoteAddress'>;
  readonly headers: Pick<IncomingMessage['headers'], 'user-agent'>;
};

export function originOf({ socket, headers }: OriginRequest): Origin {
  return { address: socket.remoteAddress, client: clientOf(headers['user-agent']) };
}

/** The first product of a `User-Agent`, such as `curl/8.5.0`. */
function clientOf(userAgent: string | undefined): ClientName | undefined {
  const { name, version } = /^(?<name>[^\s/]+)\/(?<version>\S+)/.exec(userAgent ?? '')?.groups ?? {};
  return name === undefined || version === undefined ? undefined : { name, version };
}
