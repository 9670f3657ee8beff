/** The thread that reads one document, and then ends. */

import { parentPort, workerData } from 'node:worker_threads';

import { DocumentError } from './document-error.ts';
import { piecesOf } from './document-pieces.ts';
import type { DocumentTask, ThreadAnswer } from './load-document.ts';
import { readDocument } from './read-document.ts';

const { bytes, maxBytes, pieces } = workerData as DocumentTask;

function answer(): ThreadAnswer {
  try {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, no window
    for (const piece of piecesOf(readDocument(bytes, maxBytes))) pieces.postMessage(piece);
    return {};
  } catch (error) {
    return { problem: error instanceof DocumentError ? error.message : 'The document cannot be read.' };
  }
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, no window
parentPort?.postMessage(answer());
