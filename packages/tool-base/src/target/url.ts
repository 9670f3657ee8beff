/**
 * `http(s)://host[:port][/...]` by a grammar of our own. URL parsers disagree about backslashes, user information, brackets and
 * Unicode, so everything they disagree about is refused, and the program gets exactly the text that was read here.
 */

import { isHostName } from './host-name.ts';
import { parseIpv4 } from './ipv4.ts';

export interface ParsedUrl {
  /** As written; an IPv4 address or a host name. */
  readonly host: string;
  /** The written port, else 80 or 443. */
  readonly port: number;
}

const MAX_LENGTH = 2048;
const SHAPE = /^(https?):\/\/([A-Za-z0-9.-]+)(?::([1-9][0-9]{0,4}))?(\/[\x21-\x7e]*)?$/;
const NEVER_IN_A_PATH = /[\\[\]{}<>]/;

export function parseUrl(text: string): ParsedUrl | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const match = SHAPE.exec(text);
  if (match === null) return undefined;
  const [, scheme, host = '', portText, path = ''] = match;
  const port = portText === undefined ? (scheme === 'https' ? 443 : 80) : Number(portText);
  if (port > 65_535 || NEVER_IN_A_PATH.test(path)) return undefined;
  return parseIpv4(host) !== undefined || isHostName(host) ? { host, port } : undefined;
}
