import { reject, type Rejection } from '../../../foundation/problem-details.ts';
import type { SingletonHeaders } from './request-headers.ts';

/** Maximum length of a request body, in bytes. */
export const MAX_BODY_BYTES: number = 256 * 1024;

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const PARAMETER = new RegExp(`^(?<name>${TOKEN})=(?:(?<token>${TOKEN})|"(?<quoted>[^"\\\\]*)")$`);

/**
 * True for `application/json`, alone or with `charset=utf-8`. The media type is parsed, not searched for in the text. A
 * parameter may be empty (RFC 9110 section 5.6.6).
 */
function isJsonMediaType(contentType: string): boolean {
  if (contentType === 'application/json') return true;
  const [type = '', ...parameters] = contentType.split(';');
  if (type.trim().toLowerCase() !== 'application/json') return false;
  return parameters.every((parameter) => {
    if (parameter.trim() === '') return true;
    const groups = PARAMETER.exec(parameter.trim())?.groups;
    if (groups?.['name']?.toLowerCase() !== 'charset') return false;
    return (groups['token'] ?? groups['quoted'])?.toLowerCase() === 'utf-8';
  });
}

/** Checks the headers of a body before any of it is read. `readBody` enforces the same limit on the bytes received. */
export function checkBodyHeaders(method: string, headers: SingletonHeaders): Rejection | undefined {
  const length = headers.get('content-length');
  const transfer = headers.get('transfer-encoding');
  if (length !== undefined && transfer !== undefined) {
    return reject(400, 'ambiguous_length', 'A request may have Content-Length or Transfer-Encoding, not both.');
  }
  if (transfer !== undefined && transfer.toLowerCase() !== 'chunked') {
    return reject(400, 'transfer_encoding', 'The only Transfer-Encoding accepted is "chunked".');
  }
  if (length !== undefined && !/^[0-9]{1,15}$/.test(length)) {
    return reject(400, 'content_length', 'Content-Length must be a decimal number of bytes.');
  }
  const encoding = headers.get('content-encoding');
  // `identity` is the name for none (RFC 9110 section 8.4.1).
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    return reject(415, 'content_encoding', 'The body must be sent without Content-Encoding.', undefined, {
      'accept-encoding': 'identity',
    });
  }
  const announced = transfer !== undefined || Number(length ?? 0) > 0;
  if (method !== 'POST') {
    return announced ? reject(400, 'unexpected_body', `A ${method} request must have no body.`) : undefined;
  }
  if (Number(length ?? 0) > MAX_BODY_BYTES) return bodyTooLarge(MAX_BODY_BYTES);
  const contentType = headers.get('content-type');
  if (contentType === undefined ? announced : !isJsonMediaType(contentType)) {
    return reject(415, 'content_type', 'The Content-Type of the body must be application/json, in UTF-8.', undefined, {
      'accept-post': 'application/json',
    });
  }
  return undefined;
}

/** The rest of a body that is too long is not read, so the connection must be closed. */
export function bodyTooLarge(maxBodyBytes: number): Rejection {
  return reject(
    413,
    'body_too_large',
    `The body may be at most ${maxBodyBytes} bytes long.`,
    { suggestion: 'Send a shorter body; put large data in a file or at a URL that the tool reads.' },
    { connection: 'close' },
  );
}
