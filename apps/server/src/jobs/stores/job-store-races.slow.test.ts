/** Two stores on one PostgreSQL, whose servers create, claim, renew, finish, reap and cancel the same jobs at the same time. */
import { isDeepStrictEqual } from 'node:util';

import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { postgresIsThere, postgresSchema, type PostgresPlace } from '../../database/test-support/postgres.ts';
import { newJobId } from '../record/job-id.ts';
import { FINAL_STATES, MAX_STARTS, OPEN_STATES, type JobRecord } from '../record/job-record.ts';
import type { JobStore } from './job-store.ts';
import { PostgresDatabase } from './sql/postgres-database.ts';
import { SqlJobStore } from './sql/sql-job-store.ts';

const WITHOUT = postgresIsThere ? '' : ' (SKIPPED: no PostgreSQL on 127.0.0.1:5432)';
const RETENTION_MS = 600_000;
const ACTORS = 8;
const STEPS = 20;

/** Every change of a job in the order in which they were committed: a row is locked until then. */
const HISTORY = `
  CREATE TABLE history (place BIGSERIAL, id TEXT, state TEXT, owner TEXT, fence BIGINT, starts BIGINT, ending TEXT);
  CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO history (id, state, owner, fence, starts, ending)
      VALUES (NEW.id, NEW.state, NEW.owner, NEW.fence, NEW.starts, NEW.ending);
    RETURN NULL; END $$;
  CREATE TRIGGER note AFTER INSERT OR UPDATE ON mcp_jobs FOR EACH ROW EXECUTE FUNCTION note()`;

const NEXT: Readonly<Record<string, readonly string[]>> = {
  queued: ['queued', 'running', 'cancelled', 'expired'],
  running: ['running', 'cancelling', 'waiting', 'queued', 'failed', 'lost', 'expired'],
  cancelling: ['cancelling', 'cancelled', 'failed', 'lost', 'expired'],
  waiting: ['waiting', 'queued', 'cancelled', 'expired'],
};

interface Change {
  readonly id: string;
  readonly state: string;
  readonly owner: string;
  readonly fence: number;
  readonly starts: number;
  readonly ending: string | null;
}

/** What was answered to those who held a job. */
interface Answers {
  readonly ids: string[];
  readonly repeatable: Set<string>;
  /** `id fence` of every claim, and of every end that a store has taken. */
  readonly claims: string[];
  readonly ends: string[];
}

const END = { state: 'failed', error: { type: 'internal_error', message: 'no' } } as const;
const PROGRESS = { stdoutBytes: 1, stderrBytes: 0, message: '' };
const INPUT = { requests: { a: 1 }, responses: {}, round: null };

describe.skipIf(!postgresIsThere)(`stores that share a PostgreSQL${WITHOUT}`, () => {
  let schema: PostgresPlace;
  let stores: SqlJobStore[];
  beforeAll(async () => {
    schema = await postgresSchema();
    stores = [1, 2].map(() => new SqlJobStore(new PostgresDatabase({ url: schema.url, pool: { poolSize: 5 } })));
    await Promise.all(stores.map((store) => store.usage()));
    await schema.query(HISTORY);
  });
  afterAll(async () => {
    for (const store of stores ?? []) await store[Symbol.asyncDispose]();
    await schema?.[Symbol.asyncDispose]();
  });

  test('give a job one final state, one start and a fence that grows, whatever they do at the same time', async () => {
    const numbers = fc.array(fc.nat({ max: 1_000_000 }), { minLength: STEPS, maxLength: STEPS });
    const actors = fc.array(numbers, { minLength: ACTORS, maxLength: ACTORS });
    let final = 0;
    await fc.assert(
      fc.asyncProperty(actors, async (lists) => {
        await schema.query('TRUNCATE mcp_jobs, history');
        const answers: Answers = { ids: [], repeatable: new Set(), claims: [], ends: [] };
        await Promise.all(
          lists.map(async (list, actor) => {
            for (const number of list) await act(stores, answers, actor, number);
          }),
        );
        await endAll(stores[0]!);
        const changes = (await schema.query('SELECT * FROM history ORDER BY place')).map(changeOf);
        final += check(changes, answers);
        expect(await stores[0]!.list({ states: OPEN_STATES, limit: 1000 })).toEqual([]);
      }),
      { numRuns: 6, endOnFailure: true },
    );
    // That so many were looked at says that something happened.
    expect(final).toBeGreaterThan(60);
  }, 180_000);
});

/** One step of one server, chosen by the number. */
async function act(stores: readonly JobStore[], answers: Answers, actor: number, number: number): Promise<void> {
  const store = stores[(actor + number) % 2]!;
  const id = answers.ids[number % Math.max(1, answers.ids.length)] ?? newJobId();
  switch (Math.floor(number / 7) % 8) {
    case 0:
    case 1:
      return create(store, answers, number);
    case 2:
      await store.cancel(id, RETENTION_MS);
      return;
    case 3:
      await store.reap('reaper', RETENTION_MS);
      return;
    case 4:
      await store.respond(id, { a: number });
      return;
    default:
      return run(stores, answers, actor, number);
  }
}

async function create(store: JobStore, answers: Answers, number: number): Promise<void> {
  const [id, repeatable] = [newJobId(), number % 3 === 0];
  const limits = { timeoutMs: 60_000, maxOutputBytes: 1000, repeatable };
  const order = { id, tool: 'work', caller: `caller${number % 3}`, arguments: {}, ...limits };
  await store.create(order, { perCaller: 1000, maxQueued: 1000 });
  answers.ids.push(id);
  if (repeatable) answers.repeatable.add(id);
}

/** Claims a job and ends it in one of the ways that there are, twice at the same time, or leaves it to be lost. */
async function run(stores: readonly JobStore[], answers: Answers, actor: number, number: number): Promise<void> {
  const [store, other] = number % 2 === 0 ? stores : stores.toReversed();
  const lease = { owner: `runner${actor}-${number}`, leaseMs: number % 5 === 0 ? 1 : 60_000 };
  const job = await store!.claim(lease, []);
  if (!job) return;
  const claim = `${job.id} ${job.fence}`;
  answers.claims.push(claim);
  const taken = async (step: Promise<boolean | JobRecord | undefined>): Promise<void> => {
    const answer = await step;
    if (answer !== undefined && answer !== false) answers.ends.push(claim);
  };
  const finish = (at: JobStore): Promise<void> => taken(at.finish(job.id, job.fence, END, PROGRESS, RETENTION_MS));
  if (number % 11 < 3) await store!.renew(lease);
  if (number % 13 < 4) await store!.report(job.id, job.fence, PROGRESS);
  switch (Math.floor(number / 3) % 5) {
    case 0:
      return;
    case 1:
      await Promise.all([finish(store!), finish(other!)]);
      return;
    case 2:
      await Promise.all([taken(store!.wait(job.id, job.fence, INPUT, RETENTION_MS)), finish(other!)]);
      return;
    case 3:
      await Promise.all([finish(store!), taken(other!.giveUp(job.id, job.fence, RETENTION_MS))]);
      return;
    default: {
      const released = await store!.release(lease.owner, RETENTION_MS);
      answers.ends.push(...released.map(() => claim));
      await finish(other!);
    }
  }
}

/** What is left: nobody holds it any more, and nobody asks for it. */
async function endAll(store: JobStore): Promise<void> {
  for (;;) {
    const open = await store.list({ states: OPEN_STATES, limit: 1000 });
    if (open.length === 0) return;
    for (const { id, owner } of open) {
      await store.cancel(id, RETENTION_MS);
      if (owner !== '') await store.release(owner, RETENTION_MS);
    }
  }
}

/** @returns how many jobs have ended */
function check(changes: readonly Change[], { claims, ends, repeatable }: Answers): number {
  // A claim is one runner's, and ends once.
  expect(new Set(claims).size).toBe(claims.length);
  expect(new Set(ends).size).toBe(ends.length);
  const now = new Map<string, Change>();
  const legs = new Map<string, number>();
  const wrong: (readonly [Change, Change])[] = [];
  for (const change of changes) {
    const before = now.get(change.id) ?? change;
    now.set(change.id, change);
    if (before.state === 'waiting' && change.state === 'queued') legs.set(change.id, (legs.get(change.id) ?? 0) + 1);
    const most = (repeatable.has(change.id) ? MAX_STARTS : 1) + (legs.get(change.id) ?? 0);
    if (!follows(before, change) || change.starts > most) wrong.push([before, change]);
  }
  expect(wrong).toEqual([]);
  return [...now.values()].filter(({ state }) => isEnd(state)).length;
}

function follows(before: Change, change: Change): boolean {
  if (isEnd(before.state)) return isDeepStrictEqual(before, change);
  const isStarted = before.state === 'queued' && change.state === 'running';
  const isTaken = change.owner !== '' && change.owner !== before.owner;
  return (
    NEXT[before.state]?.includes(change.state) === true &&
    change.starts - before.starts === Number(isStarted) &&
    change.fence >= before.fence + Number(isTaken)
  );
}

function isEnd(state: string): boolean {
  return (FINAL_STATES as readonly string[]).includes(state);
}

function changeOf(row: Readonly<Record<string, unknown>>): Change {
  const { id, state, owner, fence, starts, ending } = row as Record<keyof Change, string>;
  return { id, state, owner, fence: Number(fence), starts: Number(starts), ending };
}
