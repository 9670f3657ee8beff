/** What a rejected target got wrong, in words, so that a model does not repeat the same mistake. */

import { domainToASCII } from 'node:url';

import { isIpv4Address, isIpv6Address } from './address.ts';
import { formatIpv6, readIpv6 } from './ipv6.ts';
import { isHostName } from './host-name.ts';
import { networkProblem } from './target-entry-problem.ts';
import type { TargetKind } from './target-kind.ts';

type Hint = (text: string, kind: TargetKind) => string | false | undefined;

const isAddress = (text: string): boolean => isIpv4Address(text) || isIpv6Address(text);

const HINTS: readonly Hint[] = [
  (text) => text === '' && 'it is empty',
  (text) => text !== text.trim() && 'it starts or ends with white space',
  (text, kind) => kind === 'host' && isAddress(text) && 'it is an address; give a host name',
  (text) => /\s/.test(text) && 'it holds white space',
  (text) => /["'<>`]/.test(text) && 'it holds quotes or angle brackets',
  (text) => text.includes('\\') && 'it holds a backslash',
  (text, kind) => kind !== 'url' && /^[a-z][a-z0-9+.-]*:\/\//i.test(text) && 'it is a URL; give its host alone',
  (text, kind) =>
    kind === 'url' && /^https?:/i.test(text) && !/^https?:/.test(text) && 'write http or https in lower case',
  (text, kind) => kind === 'url' && !/^https?:\/\//.test(text) && 'it does not start with http:// or https://',
  (text, kind) => kind === 'url' && /^https?:\/\/[^/]*@/.test(text) && 'it holds a user name',
  (text, kind) => kind === 'url' && /^https?:\/\/(?:[:/?#]|$)/.test(text) && 'its host is missing',
  (text, kind) => kind === 'url' && hasWrongPort(text) && 'its port must be 1 to 65535, without leading zeros',
  (text, kind) => kind === 'url' && /^https?:\/\/\[[^\]]*%/.test(text) && 'its address has a zone',
  (text, kind) =>
    kind === 'url' &&
    /[?#]/.test(text) &&
    !/^https?:\/\/[^/?#]+\//.test(text) &&
    'its path is missing; write / after the host',
  (text, kind) => kind === 'cidr' && !text.includes('/') && 'it has no prefix length',
  (text, kind) => kind === 'cidr' && networkProblem(text),
  (text, kind) =>
    kind !== 'url' && kind !== 'cidr' && text.includes('/') && 'it holds a slash; give one address or name',
  (text, kind) => kind !== 'url' && text.includes(',') && 'it holds a comma; give one address or name',
  (text, kind) => kind !== 'url' && text.includes('@') && 'it holds a user name; give the host alone',
  (text) => /^::ffff:[\d.]+$/i.test(text) && 'it is an IPv4 address in IPv6 form; write the four numbers alone',
  (text) => /^\[.*\]/.test(text) && 'it has brackets; write the address without them',
  (text) => /^[^:]+:\d+$/.test(text) && 'it has a port; leave the port out',
  (text) => isHostName(text.replace(/\.$/, '')) && text.endsWith('.') && 'it ends with a dot',
  (text) =>
    text.includes('%') && readIpv6(text.slice(0, text.indexOf('%')).toLowerCase()) !== undefined && 'it has a zone',
  (text) =>
    readIpv6(text.toLowerCase()) !== undefined && `write it as ${formatIpv6(readIpv6(text.toLowerCase()) ?? 0n)}`,
  (text) => /^\d+(?:\.\d+){3}$/.test(text) && 'each of its four numbers must be 0 to 255, without leading zeros',
  (text) => /^[\d.]+$/.test(text) && 'an address has four numbers',
  (text) => /^(?:0x[\da-f]+|\d+)(?:\.(?:0x[\da-f]+|\d+)){0,3}$/i.test(text) && 'an address has four decimal numbers',
  (text) => /^[\d.]+-[\d.]+$/.test(text) && 'it is a range; give one address',
  (text, kind) => kind === 'ip' && isHostName(text) && 'it is a host name; give an address',
  (text) => text.includes('_') && 'a host name holds no underscore',
  (text) => text.includes('*') && 'it holds a wildcard; give one name',
  (text) => /[^\0-\x7f]/.test(text) && otherThanAscii(text),
  (text, kind) => kind !== 'url' && text.endsWith(':') && 'it ends with a colon',
  (text, kind) => kind !== 'url' && text.length > 253 && 'a host name has at most 253 characters',
  (text, kind) => kind !== 'url' && labelProblem(text.split('.')),
];

function hasWrongPort(text: string): boolean {
  const port = /^https?:\/\/(?:\[[^\]]*\]|[^/?#:[\]]*):(?<port>\d+)(?:[/?#]|$)/.exec(text)?.groups?.['port'];
  return port !== undefined && (port.startsWith('0') || Number(port) > 65_535);
}

/** An internationalized name has one spelling in ASCII. */
function otherThanAscii(text: string): string {
  const ascii = domainToASCII(text);
  const advice = isHostName(ascii) ? `; write ${ascii}` : '';
  return `it holds characters other than ASCII${advice}`;
}

function labelProblem(labels: readonly string[]): string | undefined {
  if (labels.includes('')) return 'a part of the name between dots is empty';
  if (labels.some((label) => label.length > 63)) return 'a part of a host name has at most 63 characters';
  return labels.some((label) => /^-|-$/.test(label))
    ? 'a part of a host name neither starts nor ends with a hyphen'
    : undefined;
}

/** A clause such as "it ends with a dot"; undefined when nothing typical is wrong. Repeats nothing of the text. */
export function spellingProblem(kind: TargetKind, text: string): string | undefined {
  for (const hint of HINTS) {
    const problem = hint(text, kind);
    if (typeof problem === 'string') return problem;
  }
  return undefined;
}
