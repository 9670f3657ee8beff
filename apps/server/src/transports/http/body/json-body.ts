import { reject, type Rejection } from '../../../foundation/problem-details.ts';
import { jsonProblemText, parseStrictJson } from '../../json/strict-json.ts';

export type ParsedBody = { readonly ok: true; readonly value: unknown } | Rejection;

// Removes a byte order mark, which RFC 8259 section 8.1 lets a reader ignore.
const utf8 = new TextDecoder('utf-8', { fatal: true });

export type BodyText = { readonly ok: true; readonly text: string } | Rejection;

export function bodyText(bytes: Uint8Array): BodyText {
  try {
    return { ok: true, text: utf8.decode(bytes) };
  } catch {
    return reject(400, 'body_encoding', 'The body is not valid UTF-8.');
  }
}

/** Parses a body strictly: UTF-8, then as {@link parseStrictJson} does. */
export function parseJsonBody(bytes: Uint8Array): ParsedBody {
  const body = bodyText(bytes);
  if (!body.ok) return body;
  const parsed = parseStrictJson(body.text);
  return parsed.ok ? parsed : reject(400, `body_${parsed.problem}`, jsonProblemText(parsed.problem, 'The body'));
}
