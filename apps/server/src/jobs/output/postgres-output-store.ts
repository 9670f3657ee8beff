import type { OutputStream } from '@mcp/tool-base';

import { systemClock, type Clock } from '../../foundation/clock.ts';
import type { FileOutputStore } from './file-output-store.ts';
import type { OutputRun, OutputSlice, OutputStore, OutputWriter } from './output-store.ts';
import type { PostgresDatabase } from '../stores/sql/postgres-database.ts';
import { OutputUpload } from './output-upload.ts';
import { PieceInsert } from './piece-insert.ts';

export interface PostgresOutputStoreOptions {
  readonly database: PostgresDatabase;
  /** What a program prints is written here first. Owned by this store. */
  readonly local: FileOutputStore;
  /** How long the end of a run waits for a database that does not answer. */
  readonly closeTimeoutMs: number;
  /** @default systemClock */
  readonly clock?: Clock;
}

/** Bytes of a row: the pieces of a stream have this size, and the last one what is left. */
const PIECE_BYTES = 65_536;

/** Bytes of what is read at once: a text of `pg` that is much longer stays in memory until the next full collection. */
const PART_BYTES = 16_384;

/** The length of a stream, and its parts from $4 up to $5, in one round trip. */
const READ = `
  WITH newest AS (
    SELECT run, piece * ${PIECE_BYTES} + octet_length(bytes) AS total FROM mcp_job_output
    WHERE id = $1 AND stream = $2 AND run = (SELECT max(run) FROM mcp_job_output WHERE id = $1 AND run <= $3)
    ORDER BY piece DESC LIMIT 1)
  SELECT newest.total, parts.part FROM newest LEFT JOIN LATERAL (
    SELECT piece, skipped, encode(substring(bytes FROM skipped + 1 FOR ${PART_BYTES}), 'base64') AS part
    FROM mcp_job_output, generate_series(0, ${PIECE_BYTES - PART_BYTES}, ${PART_BYTES}) AS skipped
    WHERE id = $1 AND stream = $2 AND run = newest.run
      AND piece BETWEEN CAST($4 AS BIGINT) / ${PIECE_BYTES} AND CAST($5 AS BIGINT) / ${PIECE_BYTES}
      AND piece * ${PIECE_BYTES} + skipped >= CAST($4 AS BIGINT) AND piece * ${PIECE_BYTES} + skipped < CAST($5 AS BIGINT)
  ) AS parts ON true ORDER BY parts.piece, parts.skipped`;

/** A piece that has grown replaces itself; a connection that hung and goes on puts no shorter one in its place. */
const PUT = `
  INSERT INTO mcp_job_output (id, run, stream, piece, bytes) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (id, run, stream, piece) DO UPDATE SET bytes = EXCLUDED.bytes
    WHERE octet_length(EXCLUDED.bytes) > octet_length(mcp_job_output.bytes)`;

/**
 * Output in rows that every server can read. A program prints faster than a database takes it, so each run writes into a local
 * file, which is uploaded while it grows and is gone after the run. What a server that died had not uploaded is lost.
 */
export class PostgresOutputStore implements OutputStore {
  readonly #options: Required<PostgresOutputStoreOptions>;

  constructor(options: PostgresOutputStoreOptions) {
    this.#options = { clock: systemClock, ...options };
  }

  open({ id, fence: run }: OutputRun): OutputWriter {
    const { database, local, closeTimeoutMs, clock } = this.#options;
    // A run that was overtaken may still upload.
    const copy = { id: `${id}.${run}`, starts: 1 };
    const piece = Buffer.allocUnsafe(PIECE_BYTES);
    const insert = new PieceInsert(PUT, PIECE_BYTES);
    return new OutputUpload({
      writer: local.open(copy),
      pieceBytes: PIECE_BYTES,
      read: async (stream, offset) => (await local.read(copy, stream, offset, PIECE_BYTES, piece)).bytes,
      begin: () => this.#begin(id, run),
      put: (stream, number, bytes) => database.use((client) => insert.run(client, [id, run, stream, number], bytes)),
      onClosed: () => local.remove([copy.id]),
      closeTimeoutMs,
      clock,
    });
  }

  async read({ id, fence }: OutputRun, stream: OutputStream, offset: number, limit: number): Promise<OutputSlice> {
    // A call that is no job has no fence, and its output that of a first run.
    const lastRun = Math.max(1, fence);
    const first = offset - (offset % PART_BYTES);
    const end = offset + limit;
    const rows = await this.#options.database.query(READ, [id, stream, lastRun, first, end]);
    const total = Number(rows[0]?.['total'] ?? 0);
    if (total <= offset) return { bytes: new Uint8Array(), total };
    const bytes = Buffer.allocUnsafe(Math.min(total, end) - first);
    let length = 0;
    for (const { part } of rows) if (typeof part === 'string') length += bytes.write(part, length, 'base64');
    return { bytes: bytes.subarray(offset - first, length), total };
  }

  async remove(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.#options.database.use((client) =>
      client.query('DELETE FROM mcp_job_output WHERE id = ANY($1)', [[...ids]]),
    );
  }

  async sweep(): Promise<void> {
    const orphans = 'NOT EXISTS (SELECT 1 FROM mcp_jobs WHERE mcp_jobs.id = mcp_job_output.id)';
    await this.#options.database.query(`DELETE FROM mcp_job_output WHERE ${orphans}`, []);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#options.local[Symbol.asyncDispose]();
  }

  async #begin(id: string, run: number): Promise<void> {
    await this.#options.database.query('DELETE FROM mcp_job_output WHERE id = $1 AND run < $2', [id, run]);
  }
}
