import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../foundation/test-support/manual-clock.ts';
import { POSTGRES_URL, postgresIsThere } from './test-support/postgres.ts';
import { PostgresConnections, type PostgresConnectionsOptions } from './postgres-connections.ts';

async function withPool(
  options: Partial<PostgresConnectionsOptions>,
  run: (connections: PostgresConnections) => Promise<void>,
): Promise<void> {
  const connections = new PostgresConnections({ url: POSTGRES_URL, ...options });
  try {
    await run(connections);
  } finally {
    await connections.close();
  }
}

/** Holds one connection until let go; tells which backend it is. */
function hold(connections: PostgresConnections): { pid: Promise<number>; release: () => Promise<void> } {
  const released = Promise.withResolvers<void>();
  const pid = Promise.withResolvers<number>();
  const done = connections
    .use(async (client) => {
      const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      pid.resolve(rows[0]?.pid ?? 0);
      await released.promise;
    })
    .catch((error: unknown) => pid.reject(error as Error));
  return {
    pid: pid.promise,
    release: () => {
      released.resolve();
      return done;
    },
  };
}

const pidOf = async (connections: PostgresConnections): Promise<number> => {
  const { pid, release } = hold(connections);
  await pid;
  await release();
  return pid;
};

describe.skipIf(!postgresIsThere)('connections to postgres', () => {
  test('are made up to poolSize + maxOverflow, and those beyond poolSize are closed after use', async () => {
    await withPool({ poolSize: 2, maxOverflow: 1 }, async (connections) => {
      const held = [hold(connections), hold(connections), hold(connections)];
      expect(new Set(await Promise.all(held.map(({ pid }) => pid))).size).toBe(3);
      expect(connections.size).toBe(3);
      for (const { release } of held) await release();
      expect(connections.size).toBe(2);
    });
  });

  test('are waited for no longer than poolTimeout', async () => {
    await withPool({ poolSize: 1, maxOverflow: 0, poolTimeoutMs: 500 }, async (connections) => {
      let held = hold(connections);
      // On a busy machine the connection itself may not be made in time.
      while ((await held.pid.catch(() => 0)) === 0) held = hold(connections);
      await expect(connections.use(async () => {})).rejects.toThrow(/timeout/);
      await held.release();
    });
  });

  test('go to a waiting caller instead of being closed', async () => {
    await withPool({ poolSize: 1, maxOverflow: 1 }, async (connections) => {
      const held = [hold(connections), hold(connections)];
      const pids = await Promise.all(held.map(({ pid }) => pid));
      const waiting = hold(connections);
      // It joins the queue in the next iteration of the event loop.
      await new Promise((resolve) => setImmediate(resolve));
      await held[1]?.release();
      const given = await waiting.pid;
      await Promise.all([held[0]?.release(), waiting.release()]);
      expect(pids).toContain(given);
    });
  });

  test('are used again until they are older than poolRecycle, then replaced', async () => {
    const clock = new ManualClock();
    await withPool({ poolSize: 1, poolRecycleMs: 1000, clock }, async (connections) => {
      const first = await pidOf(connections);
      clock.advance(999);
      expect(await pidOf(connections)).toBe(first);
      clock.advance(1);
      const second = await pidOf(connections);
      expect(second).not.toBe(first);
      expect(await pidOf(connections)).toBe(second);
      expect(connections.size).toBe(1);
    });
  });

  test('are closed when something failed on them', async () => {
    await withPool({ poolSize: 1 }, async (connections) => {
      const first = await pidOf(connections);
      await expect(connections.use((client) => client.query('SELECT nonsense'))).rejects.toThrow(/nonsense/);
      expect(await pidOf(connections)).not.toBe(first);
    });
  });

  test('that are closed by the server while idle are replaced', async () => {
    await withPool({ poolSize: 1 }, async (connections) => {
      const first = await pidOf(connections);
      await withPool({}, async (other) => {
        await other.use((client) => client.query('SELECT pg_terminate_backend($1)', [first]));
      });
      // The pool may learn of it a moment after the query that closed the connection.
      for (let i = 0; i < 100 && connections.size > 0; i++) await new Promise((resolve) => setImmediate(resolve));
      expect(await pidOf(connections).catch(() => pidOf(connections))).not.toBe(first);
    });
  });

  test('that break between two statements fail the next one, not the process', async () => {
    await withPool({}, async (connections) => {
      const lent = connections.use(async (client) => {
        const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
        const broken = new Promise<void>((resolve) => client.on('end', resolve));
        await withPool({}, async (other) => {
          await other.use((second) => second.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]));
        });
        await broken;
        await client.query('SELECT 1');
      });
      await expect(lent).rejects.toThrow('not queryable');
    });
  });
});

/** Answers the opening of a connection and nothing after it. */
const OPENED = Buffer.from('R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I', 'latin1');

test('a server that answers no statement costs no more than the limit of a statement, and its connection is closed', async () => {
  const silent = createServer((socket) => socket.once('data', () => socket.write(OPENED)).on('error', () => {}));
  await once(silent.listen(0, '127.0.0.1'), 'listening');
  const { port } = silent.address() as AddressInfo;
  const url = `postgres://x@127.0.0.1:${port}/x?sslmode=disable`;
  await withPool({ url, statementTimeoutMs: 50 }, async (connections) => {
    await expect(connections.use((client) => client.query('SELECT 1'))).rejects.toThrow('in time');
    await expect(connections.use((client) => client.query('SELECT $1', [1]))).rejects.toThrow('in time');
    expect(connections.size).toBe(0);
  });
  silent.close();
});

test('a server that accepts and never answers costs no more than poolTimeout', async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  await withPool({ url: `postgres://x@127.0.0.1:${port}/x`, poolTimeoutMs: 50 }, async (connections) => {
    await expect(connections.use(async () => {})).rejects.toThrow(/timeout/);
  });
  silent.close();
});
