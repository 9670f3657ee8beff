import type { OutputStream } from '@mcp/tool-base';

import { systemClock, type Clock } from '../../foundation/clock.ts';
import type { FileOutputStore } from './file-output-store.ts';
import type { OutputSlice, OutputStore, OutputWriter } from './output-store.ts';
import type { PostgresDatabase } from '../stores/sql/postgres-database.ts';
import { OutputUpload } from './output-upload.ts';

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

/**
 * Output in rows that every server can read. A program prints faster than a database takes it, so each run writes into a local
 * file, which is uploaded while it grows and is gone after the run. What a server that died had not uploaded is lost.
 */
export class PostgresOutputStore implements OutputStore {
  readonly #options: Required<PostgresOutputStoreOptions>;

  constructor(options: PostgresOutputStoreOptions) {
    this.#options = { clock: systemClock, ...options };
  }

  open(id: string, run: number): OutputWriter {
    const { local, closeTimeoutMs, clock } = this.#options;
    // A run that was overtaken may still upload.
    const copy = `${id}.${run}`;
    const piece = Buffer.allocUnsafe(PIECE_BYTES);
    return new OutputUpload({
      writer: local.open(copy),
      pieceBytes: PIECE_BYTES,
      read: async (stream, offset) => (await local.read(copy, stream, offset, PIECE_BYTES, piece)).bytes,
      begin: () => this.#begin(id, run),
      put: (stream, piece, bytes) => this.#put([id, run, stream, piece], bytes),
      onClosed: () => local.remove([copy]),
      closeTimeoutMs,
      clock,
    });
  }

  async read(id: string, stream: OutputStream, offset: number, limit: number): Promise<OutputSlice> {
    const ofRun = `id = $1 AND stream = $2 AND run = (SELECT max(run) FROM mcp_job_output WHERE id = $1)`;
    return this.#options.database.use(async (client) => {
      const { rows: last } = await client.query<{ piece: string; length: number }>(
        `SELECT piece, octet_length(bytes) AS length FROM mcp_job_output WHERE ${ofRun} ORDER BY piece DESC LIMIT 1`,
        [id, stream],
      );
      const total = last[0] ? Number(last[0].piece) * PIECE_BYTES + last[0].length : 0;
      const end = Math.min(total, offset + limit);
      if (end <= offset) return { bytes: new Uint8Array(), total };
      const first = Math.floor(offset / PIECE_BYTES);
      const { rows } = await client.query<{ bytes: Buffer }>(
        `SELECT bytes FROM mcp_job_output WHERE ${ofRun} AND piece BETWEEN $3 AND $4 ORDER BY piece`,
        [id, stream, first, Math.floor((end - 1) / PIECE_BYTES)],
      );
      const start = offset - first * PIECE_BYTES;
      const bytes = Buffer.concat(rows.map((row) => row.bytes)).subarray(start, start + end - offset);
      return { bytes, total };
    });
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

  /** A piece that has grown replaces itself. */
  async #put(key: readonly (string | number)[], bytes: Uint8Array): Promise<void> {
    await this.#options.database.use((client) =>
      client.query(
        `INSERT INTO mcp_job_output (id, run, stream, piece, bytes) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (id, run, stream, piece) DO UPDATE SET bytes = EXCLUDED.bytes`,
        [...key, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)],
      ),
    );
  }
}
