/** Hono with nothing in it but the answer. */
import { serve } from '@hono/node-server';
import { Hono } from 'hono';

import { answerTo, ready } from './bare-answers.ts';

const app = new Hono().post('/mcp', async (context) => context.json(answerTo(await context.req.json())));
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ready);
