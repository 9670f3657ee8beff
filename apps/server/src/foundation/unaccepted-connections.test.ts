import { expect, test } from 'vitest';

import { queuedConnections, unacceptedConnections } from './unaccepted-connections.ts';

/** Port 8080 is 1F90. */
const TABLES: Readonly<Record<string, string>> = {
  '/proc/net/tcp': `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:0050 00000000:0000 0A 00000000:00000007 00:00000000 00000000     0        0 1149 1 00000000f14d08a4 100 0 0 10 0
   1: 00000000:1F90 00000000:0000 0A 00000000:00000005 00:00000000 00000000     0        0 157243 10 00000000658f6e3c 100 0 0 10 0
   2: 0100007F:1F90 0100007F:DA52 01 00000000:00000000 00:00000000 00000000     0        0 0 1 000000006ef37b45 20 0 0 10 -1
   3: 0100007F:DA52 0100007F:1F90 01 00000000:00000000 00:00000000 00000000     0        0 157250 1 000000006ef37b45 20 0 0 10 -1
   4: 0100007F:1F90 0100007F:DA53 01 00000000:00000000 00:00000000 00000000     0        0 157260 1 000000006ef37b45 20 0 0 10 -1
   5: 0A00000A:1F90 0B00000A:DA54 01 00000000:00000000 00:00000000 00000000     0        0 0 1 000000006ef37b45 20 0 0 10 -1
   6: 0A00000A:1F90 0B00000A:DA55 03 00000000:00000000 01:00000061 00000000     0        0 0 1 000000006ef37b45
   7: 0100007F:1F90 0100007F:DA56 06 00000000:00000000 03:00001523 00000000     0        0 0 3 000000006ef37b45
`,
  '/proc/net/tcp6': `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:1F91 00000000000000000000000000000000:0000 0A 00000000:0000000B 00:00000000 00000000     0        0 2 1 0 100 0 0 10 0
   1: 00000000000000000000000001000000:1F91 00000000000000000000000001000000:DA60 01 00000000:00000000 00:00000000 00000000     0        0 0 1 0 20 0 0 10 -1
`,
};

/** In pieces that end anywhere, as the system gives them. */
const read = (path: string): string[] => TABLES[path]?.match(/[\s\S]{1,50}/gu) ?? [];

const ipv4 = { address: '127.0.0.1', port: 8080 };
const both = { address: '::', port: 8081 };

test('the queue of a listener', () => {
  expect(queuedConnections(ipv4, read)).toBe(5);
  expect(queuedConnections(both, read)).toBe(11);
});

test('a port without a listener, or a system that shows none, has no queue', () => {
  expect(queuedConnections({ ...ipv4, port: 0xda52 }, read)).toBeUndefined();
  expect(queuedConnections(ipv4, () => [])).toBeUndefined();
});

test('handshakes that are not complete, and connections of the machine to itself that nobody has accepted', () => {
  expect(unacceptedConnections(ipv4, read)).toEqual({ halfOpen: 1, fromSameAddress: new Set([0xda52]) });
  expect(unacceptedConnections(both, read)).toEqual({ halfOpen: 0, fromSameAddress: new Set([0xda60]) });
});
