import { isUtf8 } from 'node:buffer';

import type { ApiResponse } from '../egress/api-client.ts';

const BYTES = 'application/octet-stream';
/** Holds nothing between two texts. */
const UTF_8 = new TextDecoder();

export interface MediaType {
  /** In lower case, without parameters. */
  readonly name: string;
  readonly charset: string | undefined;
}

function mediaTypeOf(header: string | readonly string[] | undefined): MediaType {
  const text = typeof header === 'string' ? header : (header?.[0] ?? '');
  const [name = '', ...parameters] = text.split(';');
  const charset = parameters.map((parameter) => /^\s*charset\s*=\s*"?([^";\s]+)/i.exec(parameter)?.[1]).find(Boolean);
  const trimmed = name.trim().toLowerCase();
  return { name: /^[\w.+-]+\/[\w.+-]+$/.test(trimmed) ? trimmed : BYTES, charset };
}

/** The type that a response declares; of one without, what its bytes look like. */
export function responseType({ body, headers }: Pick<ApiResponse, 'body' | 'headers'>): MediaType {
  const declared = headers['content-type'];
  return declared === undefined ? { name: guessedType(body), charset: undefined } : mediaTypeOf(declared);
}

function guessedType(body: Buffer): string {
  // Text has no control characters but those of lines and tabs.
  if (!isUtf8(body) || body.some((byte) => byte < 9 || (byte > 13 && byte < 32))) return BYTES;
  return /^\s*[[{]/.test(body.toString('utf8', 0, 64)) ? 'application/json' : 'text/plain';
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
  if (/^utf-?8$/i.test(charset)) return UTF_8.decode(body);
  try {
    return new TextDecoder(charset).decode(body);
  } catch {
    return UTF_8.decode(body);
  }
}
