/** Access tokens for upstreams, by the same client as for REST APIs; its code is loaded with the first token. */
import type { Authorization, Credentials } from '@mcp/openapi-tools';
import { ConnectionError, type HttpConnectionOptions } from '@mcp/upstreams';

import { readPemFile, unreadablePem } from '../configuration/settings/pem-file.ts';
import type { ClientCredentialsDeclaration } from '../configuration/shape/api-declaration.ts';
import type { UpstreamConfig } from '../configuration/shape/upstream-config.ts';
import { readCredentials } from '../tools/rest/read-credentials.ts';

/** The authorization server has to pass the same checks as the upstream, and is trusted by the same certificates. */
type ConnectionRules = Pick<UpstreamConfig, 'egress' | 'tls'>;

type AuthorizationSource = NonNullable<HttpConnectionOptions['authorization']>;

/** The value of the Authorization header; a secret that cannot be read now is read again with the next request. */
export function clientCredentialsSource(
  auth: ClientCredentialsDeclaration,
  rules: ConnectionRules,
): AuthorizationSource {
  let loaded: Promise<Credentials> | undefined;
  let last: Authorization | undefined;
  return async (renew) => {
    loaded ??= load(auth, rules).catch((error: unknown) => {
      loaded = undefined;
      throw error;
    });
    const credentials = await loaded;
    // One that was replaced meanwhile is left alone.
    if (renew && last !== undefined) credentials.renew?.(last);
    last = await credentials.authorize(new AbortController().signal);
    return last.headers?.['authorization'];
  };
}

/** @throws {ConnectionError} in words for the operator */
async function load(auth: ClientCredentialsDeclaration, { egress, tls }: ConnectionRules): Promise<Credentials> {
  const { private: isPrivate, plaintext } = egress ?? { private: false, plaintext: false };
  const openapi = await import('@mcp/openapi-tools');
  const ca = tls?.caFile === undefined ? undefined : readPemFile(tls.caFile, 'certificate');
  if (tls?.caFile !== undefined && ca === undefined) throw unusable(unreadablePem('caFile'));
  const read = await readCredentials(openapi, auth, { private: isPrivate, plaintext, ca }, process.env);
  if ('credentials' in read) return read.credentials;
  throw unusable(`The credential of the upstream cannot be used: auth.${read.path.join('.')} ${read.message}.`);
}

function unusable(problem: string): ConnectionError {
  return new ConnectionError('unreachable', problem, { mayHaveRun: false });
}
