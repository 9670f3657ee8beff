/** An `INSERT` of a piece of output. `pg` copies every value twice, into memory that stays until the next collection: twice the output of a job. */
import { Query, type Connection, type PoolClient } from 'pg';

const TEXT = 0;
const BINARY = 1;
/** For what is in the message beside the bytes. */
const HEAD_BYTES = 256;

/** Binds the values of an `INSERT` in memory of its own, which is used again for the next one. */
export class PieceInsert {
  readonly #statement: string;
  readonly #pieceBytes: number;
  #message: Buffer | undefined;

  /** @param statement its last value takes the bytes */
  constructor(statement: string, pieceBytes: number) {
    this.#statement = statement;
    this.#pieceBytes = pieceBytes;
  }

  async run(client: PoolClient, key: readonly (string | number)[], bytes: Uint8Array): Promise<void> {
    const message = (this.#message ??= Buffer.allocUnsafe(HEAD_BYTES + this.#pieceBytes));
    const bound = message.subarray(0, bind(message, key, bytes));
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    client.query(boundQuery(this.#statement, bound, (error) => (error ? reject(error) : resolve())));
    try {
      await promise;
    } catch (error) {
      // A connection that hangs may still send it.
      this.#message = undefined;
      throw error;
    }
  }
}

/** A query whose Bind message is there already. One with values is sent in the messages of which Bind is one. */
function boundQuery(statement: string, bound: Buffer, done: (error: Error | null | undefined) => void): Query {
  const query = new Query(statement, [null], done);
  const submit = query.submit.bind(query);
  query.submit = (connection: Connection): void => {
    const bind = { value: () => connection.stream.writable && connection.stream.write(bound) };
    submit(Object.create(connection, { bind }) as Connection);
  };
  return query;
}

/** Writes a Bind message of the unnamed portal and statement. @returns its length */
function bind(message: Buffer, key: readonly (string | number)[], bytes: Uint8Array): number {
  let at = message.write('B\0\0\0\0\0\0', 'latin1');
  at = message.writeUInt16BE(key.length + 1, at);
  for (const _ of key) at = message.writeUInt16BE(TEXT, at);
  at = message.writeUInt16BE(BINARY, at);
  at = message.writeUInt16BE(key.length + 1, at);
  for (const value of key) {
    const text = String(value);
    at = message.writeInt32BE(Buffer.byteLength(text), at);
    at += message.write(text, at);
  }
  at = message.writeInt32BE(bytes.length, at);
  message.set(bytes, at);
  // The result, of which there is none, as text.
  at = message.writeUInt16BE(0, at + bytes.length);
  message.writeInt32BE(at - 1, 1);
  return at;
}
