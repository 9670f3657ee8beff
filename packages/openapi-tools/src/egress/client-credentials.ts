/** Access tokens by the client credentials grant of OAuth 2.0, one request at a time. */

import { ToolError } from '@mcp/tool-base';
import * as oauth from 'oauth4webapi';

import { systemClock, type Clock } from '../clock.ts';
import { isHttpMethod } from '../request/prepared-request.ts';
import { ApiClient, type ApiClientOptions } from './api-client.ts';
import type { Authorization, Credentials, TokenState } from './credentials.ts';
import { signingKey } from './signing-key.ts';

/** How a client authenticates at the token URL, as RFC 7591 names it. */
export type ClientAuthMethod = 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt';

export interface ClientCredentialsOptions extends Omit<ApiClientOptions, 'baseUrl' | 'credentials'> {
  readonly tokenUrl: string;
  readonly clientId: string;
  /** With `private_key_jwt` a private key in PEM. */
  readonly clientSecret: string;
  /**
   * In a header (`client_secret_basic`), in the body (`client_secret_post`), or never sent: `private_key_jwt` signs with it.
   *
   * @default 'client_secret_basic'
   */
  readonly authMethod?: ClientAuthMethod | undefined;
  /** The name by which the issuer knows the key of `private_key_jwt`. */
  readonly keyId?: string | undefined;
  readonly scope?: string | undefined;
  /** RFC 8707: the API that the token is for. */
  readonly resource?: string | undefined;
  readonly clock?: Clock | undefined;
}

/** A token is renewed so long before it expires. */
const EARLY_MS = 30_000;
const DEFAULT_LIFETIME_MS = 300_000;
/** After a failure no other token is requested for so long: an issuer that refuses the secret may lock the client out. */
const FAILURE_PAUSE_MS = 5000;
/** A token that is refused so soon is not refused for its age, and another would be no better. */
const MIN_AGE_MS = 5000;
const REQUEST_TIMEOUT_MS = 10_000;
const MAX_RESPONSE_BYTES = 64 * 1024;

interface Token {
  readonly authorization: Authorization;
  readonly issuedMs: number;
  readonly expiresMs: number;
}

/** @throws {TypeError} for a token URL that cannot be used */
export function clientCredentials(options: ClientCredentialsOptions): Credentials {
  const { tokenUrl, clientId, clientSecret, authMethod: _, keyId: __, scope, resource, ...more } = options;
  const { clock = systemClock, ...egress } = more;
  const [origin = ''] = /^https?:\/\/[^/]*/.exec(tokenUrl) ?? [];
  const client = new ApiClient({ ...egress, baseUrl: origin });
  const server: oauth.AuthorizationServer = { issuer: origin, token_endpoint: tokenUrl };
  const secrets = [clientSecret];
  let token: Token | undefined;
  let requesting: Promise<Token> | undefined;
  let [requests, failures] = [0, 0];
  let failure: { readonly error: unknown; readonly untilMs: number } | undefined;

  const requestCounted = async (): Promise<Token> => {
    if (failure !== undefined && clock.monotonicMs() < failure.untilMs) throw failure.error;
    requests += 1;
    try {
      const made = await request();
      failure = undefined;
      return made;
    } catch (error) {
      failures += 1;
      failure = { error, untilMs: clock.monotonicMs() + FAILURE_PAUSE_MS };
      throw error;
    }
  };
  const request = async (): Promise<Token> => {
    const parameters = { ...(scope !== undefined && { scope }), ...(resource !== undefined && { resource }) };
    try {
      const response = await oauth.clientCredentialsGrantRequest(
        server,
        { client_id: clientId },
        await authentication(options),
        parameters,
        { [oauth.customFetch]: fetchWith(client), [oauth.allowInsecureRequests]: true },
      );
      const answer = await oauth.processClientCredentialsResponse(server, { client_id: clientId }, response);
      const issuedMs = clock.monotonicMs();
      const lifetimeMs = answer.expires_in === undefined ? DEFAULT_LIFETIME_MS : answer.expires_in * 1000;
      const { access_token: text } = answer;
      return {
        authorization: { headers: { authorization: `Bearer ${text}` }, secrets: [...secrets, text] },
        issuedMs,
        expiresMs: issuedMs + lifetimeMs - Math.min(EARLY_MS, lifetimeMs / 2),
      };
    } catch (error) {
      if (error instanceof ToolError) throw error;
      throw new ToolError('unavailable', 'The authorization server of the API gave no access token.', {
        suggestion: 'Ask the operator to check the client credentials of this API.',
        // Its text may repeat what was sent.
        cause: new Error(error instanceof Error ? error.name : 'unknown'),
      });
    }
  };

  return {
    async authorize() {
      if (token !== undefined && token.expiresMs > clock.monotonicMs()) return token.authorization;
      requesting ??= requestCounted().finally(() => {
        requesting = undefined;
      });
      token = await requesting;
      return token.authorization;
    },
    renew(refused) {
      if (token === undefined || token.authorization !== refused) return true;
      if (clock.monotonicMs() - token.issuedMs < MIN_AGE_MS) return false;
      token = undefined;
      return true;
    },
    tokenState() {
      const renewedInMs = token === undefined ? 0 : Math.max(0, token.expiresMs - clock.monotonicMs());
      const failed = failure !== undefined;
      const isNew = token === undefined && !failed;
      const state: TokenState['state'] = renewedInMs > 0 ? 'valid' : failed ? 'failed' : isNew ? 'none' : 'expired';
      return { state, renewedInMs, requests, failures };
    },
  };
}

async function authentication(options: ClientCredentialsOptions): Promise<oauth.ClientAuth> {
  const { clientSecret, authMethod, tokenUrl, keyId: kid } = options;
  if (authMethod === 'client_secret_post') return oauth.ClientSecretPost(clientSecret);
  if (authMethod !== 'private_key_jwt') return oauth.ClientSecretBasic(clientSecret);
  const key = await signingKey(clientSecret);
  return oauth.PrivateKeyJwt(kid === undefined ? key : { key, kid }, {
    [oauth.modifyAssertion](_, payload) {
      // What RFC 7523 names for a client that knows the token URL alone.
      payload['aud'] = tokenUrl;
    },
  });
}

type CustomFetch = NonNullable<oauth.ClientCredentialsGrantRequestOptions[typeof oauth.customFetch]>;

/** The same checks of the address, and the same limits, as for the API. */
function fetchWith(client: ApiClient): CustomFetch {
  return async (url, { method, headers, body }) => {
    const { pathname, search } = new URL(url);
    const response = await client.send(
      {
        method: isHttpMethod(method) ? method : 'POST',
        path: pathname,
        query: search.slice(1),
        headers,
        body: body instanceof URLSearchParams ? body.toString() : undefined,
      },
      { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS), maxBytes: MAX_RESPONSE_BYTES },
    );
    const type = response.headers['content-type'];
    return new Response(response.status === 204 ? null : new Uint8Array(response.body), {
      status: response.status,
      headers: typeof type === 'string' ? { 'content-type': type } : {},
    });
  };
}
