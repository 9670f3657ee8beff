import { randomBytes } from 'node:crypto';

import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { ManualClock } from '../../../../foundation/test-support/manual-clock.ts';
import { MAX_SESSION_AGE_MS, SessionIds, type SessionOrigin } from './session-id.ts';

const secret = randomBytes(32);
const origin: SessionOrigin = {
  opener: 'ann',
  protocolVersion: '2025-06-18',
  clientInfo: { name: 'client', version: '1' },
  capabilities: { elicitation: { form: {} }, sampling: {}, roots: { listChanged: true } },
};

test('an id carries what the session was opened with, for every server with the same secret', () => {
  const id = new SessionIds([secret]).seal(origin);
  expect(id).toMatch(/^[\w-]{100,1000}$/u);
  expect(new SessionIds([secret]).open(id)).toMatchObject(origin);
});

test('an id says nothing to others, and no two are the same', () => {
  const ids = new SessionIds([secret]);
  const [one, other] = [ids.seal(origin), ids.seal(origin)];
  expect(one).not.toBe(other);
  expect(Buffer.from(one, 'base64url').toString('latin1')).not.toContain('ann');
});

test('an id of another secret, an altered id and any other text open nothing', () => {
  const ids = new SessionIds([secret]);
  expect(new SessionIds([randomBytes(32)]).open(ids.seal(origin))).toBeUndefined();
  const id = ids.seal(origin);
  for (let at = 0; at < id.length; at++) {
    const altered = id.slice(0, at) + (id[at] === 'A' ? 'B' : 'A') + id.slice(at + 1);
    expect(ids.open(altered)).toBeUndefined();
  }
  expect(ids.open(`${id}=`)).toBeUndefined();
  fc.assert(fc.property(fc.string({ maxLength: 400 }), (text) => ids.open(text) === undefined));
});

test('an id of an earlier secret opens while that secret is listed', () => {
  const [before, after] = [randomBytes(32), randomBytes(32)];
  const old = new SessionIds([before]).seal(origin);
  const both = new SessionIds([after, before]);
  expect(both.open(old)).toMatchObject(origin);
  expect(new SessionIds([after]).open(both.seal(origin))).toMatchObject(origin);
  expect(new SessionIds([after]).open(old)).toBeUndefined();
});

test('an id opens a session for a day after it was issued', () => {
  const clock = new ManualClock();
  const ids = new SessionIds([secret], clock);
  const id = ids.seal(origin);
  clock.advance(MAX_SESSION_AGE_MS - 1);
  expect(ids.open(id)).toMatchObject(origin);
  clock.advance(1);
  expect(ids.open(id)).toBeUndefined();
});

test('an id stays short, whatever the client declared about itself', () => {
  const long = 'x'.repeat(100_000);
  const ids = new SessionIds([secret]);
  const id = ids.seal({
    opener: 'ann',
    protocolVersion: long,
    clientInfo: { name: long, version: long, title: long },
    capabilities: { experimental: { [long]: {} }, elicitation: { form: { [long]: long }, [long]: {} } },
  });
  expect(id.length).toBeLessThan(1000);
  expect(ids.open(id)?.capabilities).toEqual({ elicitation: { form: {} } });
});
