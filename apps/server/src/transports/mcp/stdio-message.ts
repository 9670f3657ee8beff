/** One line of stdio as a JSON-RPC message, or why it is none. */
import { jsonProblemText, parseStrictJson } from '../json/strict-json.ts';
import { readEnvelope } from './protocol/envelope.ts';
import type { JsonObject } from './protocol/json-object.ts';

/** A JSON-RPC error for a line that is not a valid message. */
export interface LineError {
  readonly code: number;
  readonly message: string;
  /** As JSON text: an integer beyond 2^53 keeps its digits. `undefined` where nothing may be answered. */
  readonly id: string | undefined;
}

export type LineMessage =
  | { readonly ok: true; readonly message: JsonObject }
  | { readonly ok: false; readonly error: LineError };

const PARSE_ERROR = -32_700;
const INVALID_REQUEST = -32_600;
const BYTE_ORDER_MARK = '\ufeff';

/** @returns undefined for a blank line */
export function parseLine(line: string): LineMessage | undefined {
  const parsed = parseStrictJson(line);
  if (!parsed.ok) {
    if (line.startsWith(BYTE_ORDER_MARK)) return parseLine(line.slice(1));
    if (line.trim() === '') return undefined;
    const code = parsed.problem === 'not_json' ? PARSE_ERROR : INVALID_REQUEST;
    return { ok: false, error: { code, message: jsonProblemText(parsed.problem, 'The line'), id: idIn(line) } };
  }
  const envelope = readEnvelope(parsed.value);
  if (envelope.ok) return envelope;
  const { code, message, id } = envelope.error;
  return { ok: false, error: { code, message, id: isAnswered(parsed.value) ? textOfId(id, line) : undefined } };
}

/** @param id as JSON text */
export function errorLine(id: string, error: { readonly code: number; readonly message: string }): string {
  return `{"jsonrpc":"2.0","id":${id},"error":${JSON.stringify(error)}}`;
}

export const notUtf8: LineError = { code: PARSE_ERROR, message: 'The line is not valid UTF-8.', id: 'null' };

export function tooLong(maxLineBytes: number): LineError {
  const message = `A line may have at most ${maxLineBytes} bytes; a longer one was skipped.`;
  return { code: INVALID_REQUEST, message, id: 'null' };
}

/** As JSON text; `undefined` for a message that is not answered. */
export function requestIdOf({ id, method }: JsonObject): string | undefined {
  return id === undefined || method === undefined ? undefined : JSON.stringify(id);
}

/** Notifications and responses are never answered. */
function isAnswered(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return true;
  if (Object.hasOwn(value, 'method')) return Object.hasOwn(value, 'id');
  return !Object.hasOwn(value, 'result') && !Object.hasOwn(value, 'error');
}

/** The id of a line that {@link parseStrictJson} rejects; `null` where it cannot be read. */
function idIn(line: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'null';
  }
  if (!isAnswered(value)) return undefined;
  const id = (value as { id?: unknown } | null)?.id;
  return textOfId(typeof id === 'string' || Number.isSafeInteger(id) ? (id as string | number) : null, line);
}

function textOfId(id: string | number | null, line: string): string {
  return id === null ? (integerIdIn(line) ?? 'null') : JSON.stringify(id);
}

type Reviver = (this: unknown, key: string, value: unknown, context: { readonly source?: string }) => unknown;

/** The digits of an integer id of the outermost object, which `JSON.parse` may have rounded. */
function integerIdIn(line: string): string | undefined {
  const sources = new Map<unknown, string | undefined>();
  const reviver: Reviver = function (key, value, { source }) {
    if (key === 'id' && typeof value === 'number') sources.set(this, source);
    return value;
  };
  const source = sources.get(JSON.parse(line, reviver as Parameters<typeof JSON.parse>[1]));
  return source !== undefined && /^-?\d{1,128}$/.test(source) ? source : undefined;
}
