import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads';

import { DocumentAssembly, type DocumentPiece } from './document-pieces.ts';
import { DocumentError } from './document-error.ts';
import { MAX_DOCUMENT_BYTES, readDocument } from './read-document.ts';
import { Turns } from './turns.ts';

export interface DocumentTask {
  readonly bytes: Uint8Array;
  readonly maxBytes: number;
  /** Gets the pieces, before the thread answers. */
  readonly pieces: MessagePort;
}

/** How reading ended; without a problem all pieces are there. */
export interface ThreadAnswer {
  readonly problem?: string;
}

export interface LoadOptions {
  /** A larger document is refused. @default 10 MiB */
  readonly maxBytes?: number | undefined;
}

/** Read in this thread: a thread of its own takes longer to start. */
const SMALL_BYTES = 64 * 1024;
/** JSON is read twenty times as fast as YAML. */
const SMALL_JSON_BYTES = 20 * SMALL_BYTES;
const BRACE = 0x7b;
const OUT_OF_MEMORY = 'ERR_WORKER_OUT_OF_MEMORY';

/** TypeScript when run from source, the built file otherwise. */
const thread = import.meta.url.endsWith('.ts')
  ? new URL('./document-thread.ts', import.meta.url)
  : new URL('./document-thread.js', import.meta.url);

/**
 * As {@link readDocument}, without keeping the event loop busy: a large document is read in a thread of its own, and taken from there
 * in pieces.
 * @throws {DocumentError}
 */
export async function loadDocument(
  bytes: Uint8Array,
  { maxBytes = MAX_DOCUMENT_BYTES }: LoadOptions = {},
): Promise<unknown> {
  const small = bytes[0] === BRACE ? SMALL_JSON_BYTES : SMALL_BYTES;
  if (bytes.length <= small || bytes.length > maxBytes) return readDocument(bytes, maxBytes);
  const { port1: pieces, port2 } = new MessageChannel();
  try {
    const { problem } = await readInThread({ bytes, maxBytes, pieces: port2 });
    if (problem !== undefined) throw new DocumentError(problem);
    return await assemble(pieces);
  } finally {
    pieces.close();
  }
}

function readInThread(task: DocumentTask): Promise<ThreadAnswer> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(thread, { workerData: task, transferList: [task.pieces], name: 'document' });
    worker.once('message', resolve);
    worker.once('error', (error: NodeJS.ErrnoException) => reject(error.code === OUT_OF_MEMORY ? tooMuch() : error));
    worker.once('exit', () => reject(tooMuch()));
  });
}

function tooMuch(): DocumentError {
  return new DocumentError('Reading the document takes more memory than there is. Split it.');
}

async function assemble(pieces: MessagePort): Promise<unknown> {
  const assembly = new DocumentAssembly();
  const turns = new Turns();
  for (;;) {
    const received: { readonly message: DocumentPiece } | undefined = receiveMessageOnPort(pieces);
    if (received === undefined) return assembly.document;
    assembly.add(received.message);
    await turns.giveWay();
  }
}
