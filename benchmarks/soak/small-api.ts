/** The REST API of the endurance run, and its document: answers, errors, and a request that takes too long. */
import { Hono } from 'hono';

const operation = (operationId: string): object => ({
  operationId,
  responses: { '200': { description: 'ok' }, default: { description: 'an error' } },
});

export const apiDocument: object = {
  openapi: '3.1.0',
  info: { title: 'Shop of the endurance run', version: '1.0.0' },
  paths: {
    '/articles/{id}': {
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string', maxLength: 20 } }],
      get: operation('article'),
    },
    '/broken': { get: operation('broken') },
    '/late': { get: operation('late') },
    '/never': { get: operation('never') },
  },
};

export const smallApi: Hono = new Hono()
  .get('/articles/:id', (context) => {
    const id = context.req.param('id');
    return id === 'none' ? context.json({ error: 'there is none' }, 404) : context.json({ article: id, pieces: 3 });
  })
  .get('/broken', (context) => context.json({ error: 'broken' }, 500))
  .get('/late', async (context) => {
    await new Promise((resolve) => setTimeout(resolve, 200));
    return context.json({ late: true });
  })
  .get('/never', ({ req }) => {
    const { signal } = req.raw;
    return new Promise<Response>((resolve) => {
      signal.addEventListener('abort', () => resolve(new Response(null)), { once: true });
    });
  });
