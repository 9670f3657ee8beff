import * as v from 'valibot';
import type { Field } from '../fields/field.ts';
import { custom } from '../fields/scalar-fields.ts';
import { isHostName, isIpv4, isIpv6 } from './address.ts';

const EXPECTED =
  'RFC1918, loopback, an address (10.0.0.5), a network (10.1.0.0/16), a host suffix (.lab.internal) or a host name';

/** Top-level domains that nobody can register; only these make sense as a suffix of one label. */
const PRIVATE_SUFFIXES: ReadonlySet<string> = new Set([
  'internal',
  'local',
  'lan',
  'home',
  'corp',
  'private',
  'test',
  'intranet',
]);

/** The shortest prefixes an allowed network may have: 10.0.0.0/8 and fc00::/7 are the widest private ones. */
const WIDEST_ALLOWED = { 4: 8, 6: 7 } as const;

/** An entry of `allowedTargets`, which may not be so wide that it allows the internet. */
export function allowedTarget(): Field<string> {
  return targetEntry((text) => formProblem(text) ?? widthProblem(text));
}

/** An entry of `deniedTargets`, of any width. */
export function deniedTarget(): Field<string> {
  return targetEntry(formProblem);
}

function targetEntry(problemOf: (text: string) => string | undefined): Field<string> {
  const schema = v.pipe(
    v.string(),
    v.check((text) => problemOf(text) === undefined, 'target'),
  );
  const field = custom<string>(schema, {
    doc: 'A target',
    expected: EXPECTED,
    jsonSchema: { type: 'string', minLength: 1, maxLength: 253 },
    fromText: (text) => text.trim(),
  });
  return {
    ...field,
    hint: (value: unknown) => (typeof value === 'string' ? problemOf(value) : undefined),
  } as Field<string>;
}

function formProblem(text: string): string | undefined {
  if (text === 'RFC1918' || text === 'loopback' || isIpv4(text) || isIpv6(text)) return undefined;
  if (text.includes('/')) return networkProblem(text);
  if (text === '' || text === '.') return 'an empty suffix would allow every host; name the domain';
  if (text.includes('*'))
    return 'wildcards are not supported; a leading dot stands for every host below: .lab.internal';
  if (text.toUpperCase() === 'RFC1918') return "did you mean 'RFC1918'?";
  if (text.toLowerCase() === 'loopback') return "did you mean 'loopback'?";
  return isHostName(text.startsWith('.') ? text.slice(1) : text)
    ? undefined
    : 'write it in ASCII letters, digits, hyphens and dots';
}

function networkProblem(text: string): string | undefined {
  const [address = '', prefixText = '', ...rest] = text.split('/');
  const family = isIpv4(address) ? 4 : isIpv6(address) ? 6 : undefined;
  const prefix = /^(?:0|[1-9]\d{0,2})$/.test(prefixText) ? Number(prefixText) : Number.NaN;
  if (rest.length > 0 || family === undefined || !(prefix <= (family === 4 ? 32 : 128))) {
    return 'write a network as an address and a prefix length, as in 10.1.0.0/16';
  }
  const bits = bitsOf(address, family);
  const hostBits = BigInt((family === 4 ? 32 : 128) - prefix);
  const base = (bits >> hostBits) << hostBits;
  if (base === bits) return undefined;
  return family === 4
    ? `the network that holds it is ${ipv4Text(base)}/${prefix}`
    : 'the bits behind the prefix must be 0';
}

function widthProblem(text: string): string | undefined {
  if (text.startsWith('.') && !text.slice(1).includes('.') && !PRIVATE_SUFFIXES.has(text.slice(1).toLowerCase())) {
    return `${text} would allow a whole top-level domain; name the domain below it`;
  }
  const [address, prefix] = text.split('/');
  if (address === undefined || prefix === undefined) return undefined;
  const widest = isIpv4(address) ? WIDEST_ALLOWED[4] : WIDEST_ALLOWED[6];
  return Number(prefix) < widest ? `a network wider than /${widest} is refused; list the networks you mean` : undefined;
}

function bitsOf(address: string, family: 4 | 6): bigint {
  if (family === 4) return address.split('.').reduce((bits, octet) => (bits << 8n) | BigInt(octet), 0n);
  const [head = '', tail] = address.split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after].reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n);
}

function ipv4Text(bits: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String((bits >> shift) & 255n)).join('.');
}
