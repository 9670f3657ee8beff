import type { ApiResponse } from '../egress/api-client.ts';

export interface MediaType {
  /** In lower case, without parameters. */
  readonly name: string;
  readonly charset: string | undefined;
}

export function mediaTypeOf(header: string | readonly string[] | undefined): MediaType {
  const text = typeof header === 'string' ? header : (header?.[0] ?? '');
  const [name = '', ...parameters] = text.split(';');
  const charset = parameters.map((parameter) => /^\s*charset\s*=\s*"?([^";\s]+)/i.exec(parameter)?.[1]).find(Boolean);
  const trimmed = name.trim().toLowerCase();
  return { name: /^[\w.+-]+\/[\w.+-]+$/.test(trimmed) ? trimmed : 'application/octet-stream', charset };
}

/** `application/json` and everything that ends in `+json`. */
export function isJson(name: string): boolean {
  return /^(?:application|text)\/(?:json|[\w.+-]+\+json)$/.test(name);
}

export function isText(name: string): boolean {
  return (
    name.startsWith('text/') ||
    /^application\/(?:xml|[\w.+-]+\+xml|yaml|x-yaml|javascript|x-ndjson|x-www-form-urlencoded|graphql|sql)$/.test(name)
  );
}

/** The text of a body in the character set that it declares, else UTF-8. */
export function decodeText({ body, headers }: Pick<ApiResponse, 'body' | 'headers'>): string {
  const { charset = 'utf-8' } = mediaTypeOf(headers['content-type']);
  try {
    return new TextDecoder(charset).decode(body);
  } catch {
    return new TextDecoder().decode(body);
  }
}
