/** Access tokens for upstreams, by the same client as for REST APIs; its code is loaded with the first token. */
import type { Authorization, Credentials } from '@mcp/openapi-tools';
import { ConnectionError, type HttpConnectionOptions } from '@mcp/upstreams';

import type { ClientCredentialsDeclaration } from '../configuration/api-declaration.ts';
import type { UpstreamEgressConfig } from '../configuration/upstream-config.ts';
import { readCredentials } from '../tools/rest/read-credentials.ts';

type AuthorizationSource = NonNullable<HttpConnectionOptions['authorization']>;

/** The value of the Authorization header; a secret that cannot be read now is read again with the next request. */
export function clientCredentialsSource(
  auth: ClientCredentialsDeclaration,
  egress: UpstreamEgressConfig | undefined,
): AuthorizationSource {
  let loaded: Promise<Credentials> | undefined;
  let last: Authorization | undefined;
  return async (renew) => {
    loaded ??= load(auth, egress).catch((error: unknown) => {
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
async function load(
  auth: ClientCredentialsDeclaration,
  { private: isPrivate, plaintext }: UpstreamEgressConfig = { private: false, plaintext: false },
): Promise<Credentials> {
  const openapi = await import('@mcp/openapi-tools');
  const read = await readCredentials(openapi, auth, { private: isPrivate, plaintext }, process.env);
  if ('credentials' in read) return read.credentials;
  const problem = `The credential of the upstream cannot be used: auth.${read.path.join('.')} ${read.message}.`;
  throw new ConnectionError('unreachable', problem, { mayHaveRun: false });
}
