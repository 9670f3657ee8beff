import { expect, test } from 'vitest';

import { refuse } from '../../../problem-details.ts';
import { RefusalLog } from './rejection-log.ts';

const request = { method: 'POST', socket: { remoteAddress: '10.0.0.9' } };
const refusal = refuse(401, 'unauthorized', 'This needs a credential.');

test('says who was turned away and why', () => {
  const lines: unknown[] = [];
  new RefusalLog({ logger: { info: (...line: unknown[]) => lines.push(line) } }).note(request, refusal);
  expect(lines).toEqual([
    [
      { status: 401, problem: 'urn:mcp-server:problem:unauthorized', method: 'POST', address: '10.0.0.9' },
      'http.refused',
    ],
  ]);
});

test('writes a bounded number of lines whatever comes, and then tells how many it left out', () => {
  const lines: { untold?: number }[] = [];
  let now = 0;
  const log = new RefusalLog({
    logger: { info: (line: { untold?: number }) => lines.push(line) },
    linesPerWindow: 3,
    windowMs: 1000,
    now: () => now,
  });
  for (let i = 0; i < 500; i++) log.note(request, refusal);
  expect(lines).toHaveLength(3);
  now = 1000;
  log.note(request, refusal);
  log.note(request, refusal);
  expect(lines.map(({ untold }) => untold)).toEqual([undefined, undefined, undefined, 497, undefined]);
});
