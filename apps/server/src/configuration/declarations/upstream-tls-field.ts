/** The key `tls` of an upstream that is reached over HTTP. */
import { group, optional, path, type Field, type GroupProblem } from '@mcp/config';

import type { UpstreamConfig, UpstreamTlsConfig } from '../shape/upstream-config.ts';

export const tlsField: Field<UpstreamTlsConfig> = group<UpstreamTlsConfig>(
  {
    caFile: optional(path({ doc: 'Certificates in PEM that are trusted in place of the system’s.' })),
    certFile: optional(path({ doc: 'The certificate of this server in PEM, for an upstream that asks for one.' })),
    keyFile: optional(path({ doc: 'The private key of certFile in PEM.' })),
  },
  {
    doc: 'Certificates of the connection; the files are read again for each connection.',
    check: ({ certFile, keyFile }) =>
      (certFile === undefined) === (keyFile === undefined)
        ? []
        : [{ path: [], message: 'needs both certFile and keyFile, or neither', suggestion: 'give both' }],
  },
);

/** Certificates of a connection without encryption. */
export function tlsProblems({ url, tls }: UpstreamConfig): GroupProblem[] {
  if (url === undefined || tls === undefined || new URL(url).protocol === 'https:') return [];
  return [{ path: ['tls'], message: 'has no effect on http', suggestion: 'remove it, or use https' }];
}
