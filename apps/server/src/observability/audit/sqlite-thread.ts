/** The thread that reads and writes a SQLite file, started by `sqlite-store.ts`. */
import { parentPort, workerData } from 'node:worker_threads';

import { StartError } from '../../foundation/start-error.ts';
import { entriesOf } from './entries-text.ts';
import { SqliteFile } from './sqlite-file.ts';
import type { SqliteAnswer, SqliteRequest } from './sqlite-messages.ts';

const port = parentPort;
if (!port) throw new Error('This is a worker thread of the audit trail and does nothing by itself.');
const file = new SqliteFile(String(workerData));

port.on('message', (request: SqliteRequest) => {
  void answerTo(request).then((answer) => port.postMessage(answer));
});

async function answerTo(request: SqliteRequest): Promise<SqliteAnswer> {
  const { id } = request;
  try {
    return { id, ok: true, value: await perform(request) };
  } catch (error) {
    const { message = 'failed', errstr, code } = (error ?? {}) as { message?: string; errstr?: string; code?: string };
    // Its message names no file, and says what to do.
    const fixedText = error instanceof StartError ? message : errstr;
    return { id, ok: false, error: { message, errstr: fixedText, code } };
  }
}

/** Requests run in the order of arrival: each runs to its first await, and only a prune awaits. */
async function perform(request: SqliteRequest): Promise<string | undefined> {
  switch (request.type) {
    case 'append':
      await file.append(entriesOf(request.entries));
      return undefined;
    case 'query':
      return file.query(request.query);
    case 'prune':
      await file.prune(request.retention);
      return undefined;
    case 'close':
      await file.close();
      return undefined;
  }
}
