import { ToolError, type HostLookups } from '@mcp/tool-base';
import { expect, test } from 'vitest';

import { checkedLookup, checkLiteral, literalProblem } from './egress.ts';

/** An address stands for itself, so nothing is asked of a name server. */
function lookUp(address: string, allowsPrivate: boolean): Promise<string> {
  return new Promise((resolve) => {
    checkedLookup({ private: allowsPrivate })(address, { all: true }, (error) => resolve(error?.message ?? 'allowed'));
  });
}

test.each([
  ['169.254.169.254', 'never allowed', 'never allowed'],
  ['100.100.100.200', 'never allowed', 'never allowed'],
  ['168.63.129.16', 'never allowed', 'never allowed'],
  ['fd00:ec2::254', 'never allowed', 'never allowed'],
  ['224.0.0.1', 'never allowed', 'never allowed'],
  ['0.0.0.0', 'never allowed', 'never allowed'],
  ['::ffff:169.254.169.254', 'never allowed', 'never allowed'],
  ['::169.254.169.254', 'never allowed', 'never allowed'],
  ['::ffff:0:a9fe:a9fe', 'never allowed', 'never allowed'],
  ['64:ff9b::a9fe:a9fe', 'never allowed', 'never allowed'],
  ['64:ff9b::100.100.100.200', 'never allowed', 'never allowed'],
  ['64:ff9b:1::a9fe:a9fe', 'never allowed', 'never allowed'],
  ['2002:a9fe:a9fe::1', 'never allowed', 'never allowed'],
  ['2001::5601:5601', 'never allowed', 'never allowed'],
  ['2001:db8::5efe:a9fe:a9fe', 'never allowed', 'never allowed'],
  ['10.0.0.1', 'egress.private', 'allowed'],
  ['100.64.0.1', 'egress.private', 'allowed'],
  ['127.0.0.1', 'egress.private', 'allowed'],
  ['::1', 'egress.private', 'allowed'],
  ['::ffff:10.0.0.1', 'egress.private', 'allowed'],
  ['64:ff9b::a00:1', 'egress.private', 'allowed'],
  ['fc00::1', 'egress.private', 'allowed'],
  ['192.0.2.1', 'allowed', 'allowed'],
  ['2001:db8::1', 'allowed', 'allowed'],
])('%s: %s, and with private: true %s', async (address, closed, opened) => {
  expect(await lookUp(address, false)).toContain(closed);
  expect(await lookUp(address, true)).toContain(opened);
});

const lookUpIn = (found: readonly string[] | Error): Pick<HostLookups, 'resolve'> => ({
  resolve: async () => {
    if (found instanceof Error) throw found;
    return found;
  },
});

test.each([
  [new ToolError('validation_error', 'h has no address.'), 'No connection to up.example: its name has no address.'],
  [new ToolError('tool_error', 'h could not'), 'No connection to up.example: its name could not be resolved just now.'],
])('a name that is not resolved is no connection: %s', async (failure, message) => {
  const error = await new Promise((resolve) => {
    checkedLookup({}, lookUpIn(failure))('up.example', { all: true }, resolve);
  });
  expect(error).toMatchObject({ kind: 'unreachable', mayHaveRun: false, message });
});

test.each([
  [0, ['192.0.2.1', '2001:db8::1']],
  [4, ['192.0.2.1']],
  ['IPv6', ['2001:db8::1']],
] as const)('of the addresses of a name, those of the family %s are given', async (family, expected) => {
  const found = await new Promise((resolve) => {
    const answer = checkedLookup({}, lookUpIn(['192.0.2.1', '2001:db8::1']));
    answer('up.example', { all: true, family }, (_, addresses) => resolve(addresses));
  });
  expect((found as { address: string }[]).map(({ address }) => address)).toEqual(expected);
});

test('connections to a name whose server does not answer share one look-up, and take it as one caller', () => {
  const asked: unknown[] = [];
  const waiting: Pick<HostLookups, 'resolve'> = {
    resolve(host, options) {
      asked.push([host, options?.caller]);
      return new Promise(() => {});
    },
  };
  checkedLookup({}, waiting)('slow.example', {}, () => {});
  expect(asked).toEqual([['slow.example', 'upstream slow.example']]);
});

test('an address in the URL was chosen by the operator, but a metadata service is refused', () => {
  expect(() => checkLiteral(new URL('http://10.0.0.1/'))).not.toThrow();
  expect(() => checkLiteral(new URL('http://[fd00:ec2::254]/'))).toThrow('never allowed');
  expect(() => checkLiteral(new URL('http://[64:ff9b::169.254.169.254]/'))).toThrow('never allowed');
});

test('what is wrong with the address in a URL is known without a connection', () => {
  expect(literalProblem(new URL('https://169.254.169.254/mcp'))).toContain('never allowed');
  expect(literalProblem(new URL('https://[fe80::1]/mcp'))).toContain('never allowed');
  expect(literalProblem(new URL('https://10.0.0.1/mcp'))).toBeUndefined();
  expect(literalProblem(new URL('https://up.example/mcp'))).toBeUndefined();
});
