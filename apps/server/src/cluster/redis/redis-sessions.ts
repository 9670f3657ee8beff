import { SESSION_MS, type SessionEngine } from '../session-engine.ts';
import type { RedisConnection } from './redis-connection.ts';
import type { RedisKeys } from './redis-keys.ts';
import { STREAM_ITEMS } from './stream-items.ts';

export interface RedisSessionsOptions {
  readonly address: string;
  readonly commands: RedisConnection;
  readonly keys: RedisKeys;
  /** Every command goes through it. */
  readonly run: <T>(command: () => Promise<T>) => Promise<T>;
}

/** Commands that are sent together. */
const BATCH = 500;

export function redisSessions({ address, commands, keys, run }: RedisSessionsOptions): SessionEngine {
  const { redis } = commands;
  return {
    address,
    async end(session) {
      await run(() =>
        commands.endSession(keys.ended(session), keys.session(session), keys.events, session, SESSION_MS, STREAM_ITEMS),
      );
    },
    async isEnded(session) {
      return (await run(() => redis.exists(keys.ended(session)))) === 1;
    },
    async set(session, field, value) {
      await run(() =>
        commands.setSession(keys.session(session), keys.events, session, field, value, SESSION_MS, STREAM_ITEMS),
      );
    },
    async fields(session) {
      return new Map(Object.entries(await run(() => redis.hgetall(keys.session(session)))));
    },
    async restore({ ended, fields }) {
      const writes = [
        ...[...ended].map(
          ([session, ms]) =>
            () =>
              redis.set(keys.ended(session), '1', 'PX', ms),
        ),
        ...fields.map(([session, field, value]) => async () => {
          await redis.hsetnx(keys.session(session), field, value);
          await redis.pexpire(keys.session(session), SESSION_MS);
        }),
      ];
      for (let at = 0; at < writes.length; at += BATCH) {
        await run(() => Promise.all<unknown>(writes.slice(at, at + BATCH).map((write) => write())));
      }
    },
    async notify(session, field, value) {
      const item = ['kind', 'session-field', 'data', session, 'field', field, 'value', value];
      await run(() => redis.xadd(keys.events, 'MAXLEN', '~', STREAM_ITEMS, '*', ...item));
    },
    async send(to, session, message) {
      await run(() => commands.sendMessage(keys.inbox(to), session, message));
    },
  };
}
