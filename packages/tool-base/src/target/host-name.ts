/**
 * Host names by RFC 1123: ASCII letters, digits and hyphens in labels of 1 to 63, at most 253 in all. No underscore, no
 * trailing dot, and the last label has a letter and is no hexadecimal number, because resolvers read `10.1` and `0x7f.1` as
 * addresses. Linear in the length of the text.
 */

const LABEL = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

export function isHostName(text: string): boolean {
  if (text.length === 0 || text.length > 253) return false;
  const labels = text.split('.');
  const last = labels.at(-1) ?? '';
  return labels.every((label) => LABEL.test(label)) && /[A-Za-z]/.test(last) && !/^0[xX][0-9a-fA-F]*$/.test(last);
}
