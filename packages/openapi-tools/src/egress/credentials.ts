/** How requests to one API prove who they are. */

/** What a credential adds to a request. */
export interface Authorization {
  readonly headers?: Readonly<Record<string, string>>;
  /** Percent-encoded `name=value`. */
  readonly query?: string;
  /** Texts that must not appear in any result. */
  readonly secrets: readonly string[];
}

/** The access token of an API, without the token. */
export interface TokenState {
  /** `none` before the first call that needs one; `failed` when the last request for one had no success. */
  readonly state: 'none' | 'valid' | 'expired' | 'failed';
  /** Until it is renewed; 0 unless it is valid. */
  readonly renewedInMs: number;
  readonly requests: number;
  readonly failures: number;
}

export interface Credentials {
  /** @throws {ToolError} when there is no valid credential */
  authorize(signal: AbortSignal): Authorization | Promise<Authorization>;
  /** The API answered 401. @returns whether another attempt could use a newer credential */
  renew?(refused: Authorization): boolean;
  /** Of credentials that are requested. */
  tokenState?(): TokenState;
}

export type StaticCredentials =
  | { readonly type: 'none' }
  | { readonly type: 'bearer'; readonly token: string }
  | { readonly type: 'basic'; readonly username: string; readonly password: string }
  | { readonly type: 'header'; readonly name: string; readonly value: string }
  | { readonly type: 'headers'; readonly headers: Readonly<Record<string, string>> }
  | { readonly type: 'query'; readonly name: string; readonly value: string };

/** Credentials that do not change while the program runs. */
export function staticCredentials(given: StaticCredentials): Credentials {
  const authorization = authorizationOf(given);
  return { authorize: () => authorization };
}

function authorizationOf(given: StaticCredentials): Authorization {
  switch (given.type) {
    case 'none':
      return { secrets: [] };
    case 'bearer':
      return { headers: { authorization: `Bearer ${given.token}` }, secrets: [given.token] };
    case 'basic': {
      const encoded = Buffer.from(`${given.username}:${given.password}`).toString('base64');
      return { headers: { authorization: `Basic ${encoded}` }, secrets: [given.password, encoded] };
    }
    case 'header':
      return { headers: { [given.name.toLowerCase()]: given.value }, secrets: [given.value] };
    case 'headers': {
      const headers = Object.entries(given.headers).map(([name, value]) => [name.toLowerCase(), value] as const);
      return { headers: Object.fromEntries(headers), secrets: headers.map(([, value]) => value) };
    }
    case 'query': {
      const encoded = encodeURIComponent(given.value);
      return { query: `${encodeURIComponent(given.name)}=${encoded}`, secrets: [given.value, encoded] };
    }
  }
}
