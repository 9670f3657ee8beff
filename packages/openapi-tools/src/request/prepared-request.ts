/** A request without its origin and credentials, which the client of the API adds. */
export interface PreparedRequest {
  readonly method: HttpMethod;
  /** Begins with `/`; every value in it is percent-encoded. */
  readonly path: string;
  /** Percent-encoded, without `?`; empty for none. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
}

export const HTTP_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
export type HttpMethod = (typeof HTTP_METHODS)[number];

/** Whether a request may be sent again when its connection broke: it changes nothing. */
export function isSafe(method: HttpMethod): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}

export function isHttpMethod(text: string): text is HttpMethod {
  return (HTTP_METHODS as readonly string[]).includes(text);
}
