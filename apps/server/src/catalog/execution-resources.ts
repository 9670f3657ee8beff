import type { OutputStream } from '@mcp/tool-base';

import type { Principal } from '../access/principal.ts';
import type { JobCalls } from '../calls/job-calls.ts';
import { outputUri } from '../calls/job-result.ts';
import { InvalidParamsError } from './invalid-params-error.ts';
import type { ResourceContents, TemplatedResource } from './resources.ts';

const MAX_BYTES = 262_144;
const DEFAULT_BYTES = 65_536;
const MIN_BYTES = 16;
const PAGE_META_KEY = 'mcp-server/page';
/** `offset` and `limit` in any order, none or one of them too; a template would match only both. */
const ADDRESS =
  /^mcp:\/\/executions\/(?<id>[A-Za-z0-9_-]{1,64})\/(?<stream>stdout|stderr)(?:\?(?<query>[a-z0-9=&]*))?$/;

/** The output of jobs in pages, for their caller. */
export function executionResource(calls: JobCalls): TemplatedResource {
  return {
    uriTemplate: 'mcp://executions/{id}/{stream}{?offset,limit}',
    name: 'execution-output',
    title: 'Output of an execution',
    description: `What its program printed: stream is stdout or stderr, offset and limit are bytes (limit ${DEFAULT_BYTES}, at most ${MAX_BYTES})`,
    mimeType: 'text/plain',
    isOfferedTo: (principal) => calls.isOutputOfferedTo(principal),
    match: (uri) => (isOutputAddress(uri) ? { uri } : undefined),
    async read({ uri = '' }, principal) {
      const contents = await readOutput(calls, principal, uri);
      return contents && [contents];
    },
  };
}

export function isOutputAddress(uri: string): boolean {
  return ADDRESS.test(uri);
}

/**
 * A page of output; undefined where there is none at `uri`, or not for this caller.
 *
 * @throws {InvalidParamsError} for anything but offset and limit within their ranges
 */
export async function readOutput(
  calls: JobCalls,
  principal: Principal,
  uri: string,
): Promise<ResourceContents | undefined> {
  const { id = '', query = '', ...named } = ADDRESS.exec(uri)?.groups ?? {};
  const stream = named['stream'] as OutputStream;
  const job = await calls.find(id, principal);
  if (!job || job.outputRemoved) return undefined;
  const range = rangeIn(query);
  const jobs = await calls.jobs();
  const { offset, bytes, text, total, next } = await jobs.page(job, stream, range);
  const page = { offset, bytes: bytes.length, total, ...(next !== undefined && { next }) };
  const head = { uri: outputUri(id, stream) + (query === '' ? '' : `?${query}`), _meta: { [PAGE_META_KEY]: page } };
  return text === undefined
    ? { ...head, mimeType: 'application/octet-stream', blob: Buffer.from(bytes).toString('base64') }
    : { ...head, mimeType: 'text/plain', text };
}

/** @throws {InvalidParamsError} for anything but offset and limit within their ranges */
function rangeIn(query: string): { readonly offset: number; readonly limit: number } {
  const given = new URLSearchParams(query);
  const [offset, limit] = [given.get('offset') ?? '0', given.get('limit') ?? String(DEFAULT_BYTES)];
  const isKnown = [...given.keys()].every((name) => name === 'offset' || name === 'limit');
  const isRange = /^\d{1,13}$/.test(offset) && /^\d{1,6}$/.test(limit);
  if (isKnown && isRange && Number(limit) >= MIN_BYTES && Number(limit) <= MAX_BYTES) {
    return { offset: Number(offset), limit: Number(limit) };
  }
  throw new InvalidParamsError(
    `An execution's output takes offset, in bytes from 0 on, and limit, from ${MIN_BYTES} to ${MAX_BYTES} bytes.`,
  );
}
