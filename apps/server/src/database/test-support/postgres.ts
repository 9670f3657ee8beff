import { connect } from 'node:net';

import { Client } from 'pg';

/** Without a password, as tests expect it; what needs it is skipped where it is not there. */
export const POSTGRES_URL: string = 'postgres://postgres@127.0.0.1:5432/test';

export const postgresIsThere: boolean = await new Promise<boolean>((resolve) => {
  const socket = connect(5432, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
  socket.setTimeout(1000, () => resolve(false)).unref();
  socket.on('connect', () => socket.destroy());
});

export interface PostgresPlace extends AsyncDisposable {
  /** Of the schema or database: tables that are not named with one are made there. */
  readonly url: string;
  query(statement: string): Promise<readonly Record<string, unknown>[]>;
}

function newName(): string {
  return `test_${process.pid}_${Date.now().toString(36)}_${Math.trunc(Math.random() * 1e6)}`;
}

/** A schema of its own, dropped with everything in it. Notifications reach every schema of the database. */
export async function postgresSchema(): Promise<PostgresPlace> {
  const name = newName();
  const client = new Client(POSTGRES_URL);
  await client.connect();
  await client.query(`CREATE SCHEMA ${name}`);
  await client.query(`SET search_path = ${name}`);
  return {
    url: `${POSTGRES_URL}?options=${encodeURIComponent(`-c search_path=${name}`)}`,
    query: async (statement) => (await client.query<Record<string, unknown>>(statement)).rows,
    async [Symbol.asyncDispose]() {
      await client.query(`DROP SCHEMA ${name} CASCADE`);
      await client.end();
    },
  };
}

/** A database of its own, for tests of notifications, which reach no other database. Dropped with everything in it. */
export async function postgresDatabase(): Promise<PostgresPlace> {
  const name = newName();
  const around = new Client(POSTGRES_URL);
  await around.connect();
  await around.query(`CREATE DATABASE ${name} TEMPLATE template0`);
  const url = POSTGRES_URL.replace(/test$/u, name);
  const client = new Client(url);
  await client.connect();
  return {
    url,
    query: async (statement) => (await client.query<Record<string, unknown>>(statement)).rows,
    async [Symbol.asyncDispose]() {
      await client.end();
      await around.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await around.end();
    },
  };
}
