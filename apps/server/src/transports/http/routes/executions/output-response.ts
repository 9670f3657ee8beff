/** The output of a job as it is, whole or in part, and as it comes. */
import type { OutputStream } from '@mcp/tool-base';

import { isFinal, type JobRecord, type JobState } from '../../../../jobs/record/job-record.ts';
import type { Jobs } from '../../../../jobs/jobs.ts';
import { problem, problemResponse } from '../../../../foundation/problem-details.ts';
import { pulledBody } from '../../../../foundation/pulled-body.ts';
import { readRange } from './byte-range.ts';

const PIECE_BYTES = 32_768;
/** Smaller, because each is a text, its JSON and the bytes of that. */
const EVENT_BYTES = 16_384;
const HEARTBEAT_MS = 15_000;

export interface OutputRequest {
  readonly jobs: Jobs;
  readonly job: JobRecord;
  readonly stream: OutputStream;
}

/**
 * 200, 206 or 416; the body is read from the store as fast as the client reads it.
 *
 * @param abort closes the connection: a client that gets less than the `content-length` knows that something is missing
 */
export async function outputResponse(
  request: OutputRequest,
  range: string | undefined,
  abort: () => void,
): Promise<Response> {
  const { jobs, job, stream } = request;
  if (job.outputRemoved) return problemResponse(outputExpired);
  const { total } = await jobs.page(job, stream, { offset: 0, limit: 4 });
  const wanted = readRange(range, total);
  if (wanted === 'unsatisfiable') {
    const body = problem(416, 'range_not_satisfiable', `There are ${total} bytes; the range begins beyond them.`, {
      suggestion: 'Ask for a range that begins at 0 or later and below that number.',
    });
    return problemResponse(body, { 'content-range': `bytes */${total}` });
  }
  const { start, end } = wanted ?? { start: 0, end: total - 1 };
  const headers: Record<string, string> = {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': String(end - start + 1),
    'accept-ranges': 'bytes',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-disposition': `attachment; filename="${job.id}.${stream}.txt"`,
  };
  if (wanted) headers['content-range'] = `bytes ${start}-${end}/${total}`;
  return new Response(bodyOf(request, start, end + 1, abort), { status: wanted ? 206 : 200, headers });
}

function bodyOf(
  { jobs, job, stream }: OutputRequest,
  start: number,
  end: number,
  abort: () => void,
): ReadableStream<Uint8Array> {
  let offset = start;
  return pulledBody({
    async next() {
      const limit = Math.min(PIECE_BYTES, end - offset);
      if (limit === 0) return undefined;
      const bytes = await jobs.bytes(job, stream, { offset, limit });
      if (bytes.length === 0) throw new Error('The output was removed while it was read.');
      offset += bytes.length;
      return bytes;
    },
    ended: (reason) => void (reason === 'failed' && abort()),
  });
}

const encoder = new TextEncoder();

function frame(event: string, id: number, data: unknown): Uint8Array {
  return encoder.encode(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}

/**
 * Output as server-sent events: `output` with the offset and the text, then `end` with the state. The id of an event is the offset
 * after it, so a client that reconnects goes on where it stopped. While the store does not answer, the stream ends without `end`.
 *
 * @param mayGoOn whether the credential of the caller still holds; looked at before every event
 */
export function followResponse(
  request: OutputRequest,
  from: number,
  mayGoOn: () => boolean,
  onEnd: () => void,
): Response {
  const { jobs, stream } = request;
  const { id } = request.job;
  const stop = new AbortController();
  let { job } = request;
  let offset = from;
  let isOver = false;
  const last = (state: JobState | null): Uint8Array => {
    isOver = true;
    return frame('end', offset, { state });
  };
  const next = async (): Promise<Uint8Array | undefined> => {
    if (isOver) return undefined;
    if (!mayGoOn()) return last(null);
    const page = await jobs.page(job, stream, { offset, limit: EVENT_BYTES });
    if (page.bytes.length > 0) {
      const at = page.offset;
      offset = at + page.bytes.length;
      const base64 = page.text === undefined ? Buffer.from(page.bytes).toString('base64') : undefined;
      const data = { offset: at, ...(base64 === undefined ? { text: page.text } : { base64 }) };
      return frame('output', offset, data);
    }
    // All of it was read, so it is time to look whether more may come.
    const now = await jobs.get(id);
    if (!now) return last(null);
    const hasChanged = now.fence !== job.fence || now.state !== job.state;
    job = now;
    if (hasChanged) return next();
    if (isFinal(job)) return last(job.state);
    const seen = job.updatedAt;
    await jobs.wait(id, { timeoutMs: HEARTBEAT_MS, signal: stop.signal, until: ({ updatedAt }) => updatedAt > seen });
    return encoder.encode(': waiting\n\n');
  };
  const body = pulledBody({
    next,
    ended() {
      stop.abort();
      onEnd();
    },
  });
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      // When a server that stops ends the stream, a proxy must not send the next request behind it.
      connection: 'close',
    },
  });
}

const outputExpired = problem(
  410,
  'output_expired',
  'The output of this execution was removed because newer output needed the space.',
  {
    suggestion: 'Its result is still there: GET /executions/{id}.',
  },
);
