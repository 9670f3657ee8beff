/** What texts of the configuration may name: hosts, URLs and origins. The grammar of names and addresses is tool-base's. */
import { isHostName, isIpv4Address, isIpv6Address, isLoopbackHost } from '@mcp/tool-base';

/** A host name or an address. */
export function isHost(text: string): boolean {
  return isHostName(text) || isIpv4Address(text) || isIpv6Address(text);
}

/** An http or https URL without user and password. */
export function isHttpUrl(text: string): boolean {
  const url = urlOf(text);
  return url !== undefined && ['http:', 'https:'].includes(url.protocol);
}

/** An https URL, or an http URL to this machine. */
export function isSecureUrl(text: string): boolean {
  const url = urlOf(text);
  if (url === undefined) return false;
  return (
    url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname.replaceAll(/[[\]]/g, '')))
  );
}

/** `https://ops.lab.internal`: scheme, host and port, without a path. */
export function isOrigin(text: string): boolean {
  return isHttpUrl(text) && new URL(text).origin === text;
}

/** `mcp.lab.internal:8080`, in lower case, as in a Host header. */
export function isHostAndPort(text: string): boolean {
  const [, bracketed, plain, port] = /^(?:\[([\da-f:]+)\]|([\da-z.-]+))(?::([1-9]\d{0,4}))?$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(port ?? 1) > 65_535) return false;
  return bracketed === undefined ? isIpv4Address(host) || isHostName(host) : isIpv6Address(host);
}

/**
 * Without user and password, white space and backslashes, which parsers read in different ways, and without braces, which
 * are left of a variable that was not expanded.
 */
function urlOf(text: string): URL | undefined {
  if (!URL.canParse(text) || /[\s\\{}]/.test(text)) return undefined;
  const url = new URL(text);
  return url.username === '' && url.password === '' ? url : undefined;
}
