/** A text as a JSON-RPC message, or the error that answers it; the same over both transports. */
import { INVALID_REQUEST, PARSE_ERROR } from '../../../foundation/json-rpc-codes.ts';
import { jsonProblemText, parseStrictJson } from '../../json/strict-json.ts';
import { readEnvelope } from './envelope.ts';
import type { JsonObject } from './json-object.ts';

/** A JSON-RPC error for a text that is not a valid message. */
export interface MessageError {
  readonly code: number;
  readonly message: string;
  /** As JSON text: an integer beyond 2^53 keeps its digits. `undefined` where JSON-RPC has no answer. */
  readonly id: string | undefined;
}

export type ParsedMessage =
  | { readonly ok: true; readonly message: JsonObject }
  | { readonly ok: false; readonly error: MessageError };

/** @param subject such as "The body" */
export function parseMessage(text: string, subject: string): ParsedMessage {
  const parsed = parseStrictJson(text);
  if (!parsed.ok) {
    const isJson = parsed.problem !== 'not_json';
    const message = jsonProblemText(parsed.problem, subject);
    return isJson
      ? { ok: false, error: { code: INVALID_REQUEST, message, id: answeredId(text) } }
      : { ok: false, error: { code: PARSE_ERROR, message, id: 'null' } };
  }
  const envelope = readEnvelope(parsed.value);
  return envelope.ok ? envelope : { ok: false, error: { ...envelope.error, id: answeredId(text) } };
}

/** @param id as JSON text */
export function errorMessage(id: string, error: { readonly code: number; readonly message: string }): string {
  return `{"jsonrpc":"2.0","id":${id},"error":${JSON.stringify(error)}}`;
}

/** An id that is not allowed is repeated up to this length, so that the client knows which request the error is of. */
const MAX_ID_TEXT = 4098;

/** The id of a message as JSON text, `null` where it has none that can be repeated. Notifications and responses are not answered. */
function answeredId(text: string): string | undefined {
  const members = outermostMembers(text);
  if (members.has('method') && !members.has('id')) return undefined;
  if (!members.has('method') && (members.has('result') || members.has('error'))) return undefined;
  const id = members.get('id') ?? '';
  if (id.startsWith('"')) return id.length <= MAX_ID_TEXT ? id : 'null';
  if (Number.isSafeInteger(Number(id || Number.NaN))) return JSON.stringify(Number(id));
  return /^-?\d{1,128}$/.test(id) ? id : 'null';
}

const TOKEN = /"(?:[^"\\]+|\\.)*"|[[\]{}:,]|[^\s"[\]{}:,]+/gs;

/**
 * The members of the outermost object and the text of each value, '' for objects and arrays. Read from the text, which may be
 * nested too deep to be parsed, and whose numbers `JSON.parse` would round. Of a repeated key the last value counts.
 */
function outermostMembers(text: string): ReadonlyMap<string, string> {
  const members = new Map<string, string>();
  let depth = 0;
  let key: string | undefined;
  for (const [token] of text.matchAll(TOKEN)) {
    if (depth === 0 && token !== '{') return members;
    const isOpening = token === '{' || token === '[';
    if (depth === 1 && token === ',') key = undefined;
    else if (depth === 1 && token !== ':' && token !== '}') {
      if (key === undefined) key = keyOf(token);
      else members.set(key, isOpening ? '' : token);
    }
    if (isOpening) depth += 1;
    else if (token === '}' || token === ']') depth -= 1;
  }
  return members;
}

/** '' for what is no key: the text may be no JSON. */
function keyOf(token: string): string {
  try {
    return String(JSON.parse(token));
  } catch {
    return '';
  }
}
