/**
 * Hono and its adapter for Node are loaded with the first request that no direct route answers. With them comes Node's `fetch`; a
 * server that only lists and calls tools, and answers probes, needs neither.
 */
import { createRequire } from 'node:module';

import type * as Adapter from '@hono/node-server';
import type * as AdapterResponse from '@hono/node-server/utils/response';
import type * as Router from 'hono';

const require = createRequire(import.meta.url);

export function loadHono(): typeof Router {
  return require('hono') as typeof Router;
}

export function loadAdapter(): typeof Adapter {
  return require('@hono/node-server') as typeof Adapter;
}

/** What a handler returns that has written to Node's response itself. */
export function responseAlreadySent(): Response {
  return (require('@hono/node-server/utils/response') as typeof AdapterResponse).RESPONSE_ALREADY_SENT;
}
