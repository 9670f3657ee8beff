/** One line of stdio as a JSON-RPC message, or why it is none. */
import { INVALID_REQUEST, PARSE_ERROR } from '../../foundation/json-rpc-codes.ts';
import type { JsonObject } from './protocol/json-object.ts';
import { parseMessage, type MessageError, type ParsedMessage } from './protocol/parse-message.ts';

const BYTE_ORDER_MARK = '\ufeff';

/** @returns undefined for a blank line */
export function parseLine(line: string): ParsedMessage | undefined {
  const parsed = parseMessage(line, 'The line');
  if (parsed.ok || parsed.error.code !== PARSE_ERROR) return parsed;
  if (line.startsWith(BYTE_ORDER_MARK)) return parseLine(line.slice(1));
  return line.trim() === '' ? undefined : parsed;
}

export const notUtf8: MessageError = { code: PARSE_ERROR, message: 'The line is not valid UTF-8.', id: 'null' };

export function tooLong(maxLineBytes: number): MessageError {
  const message = `A line may have at most ${maxLineBytes} bytes; a longer one was skipped.`;
  return { code: INVALID_REQUEST, message, id: 'null' };
}

/** As JSON text; `undefined` for a message that is not answered. */
export function requestIdOf({ id, method }: JsonObject): string | undefined {
  return id === undefined || method === undefined ? undefined : JSON.stringify(id);
}
