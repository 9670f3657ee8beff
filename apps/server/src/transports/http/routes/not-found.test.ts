import { expect, test } from 'vitest';

import { notFoundResponse } from './not-found.ts';

const bodyOf = async (path: string, dependencies = {}): Promise<unknown> => {
  const response = notFoundResponse(path, { mcp: {}, resourceMetadata: () => undefined, ...dependencies });
  expect(response.status).toBe(404);
  return response.json();
};

test.each(['/authorize', '/token', '/register'])('%s says that the API key was not accepted', async (path) => {
  expect(await bodyOf(path)).toMatchObject({
    type: 'urn:mcp-server:problem:no_oauth',
    detail: 'This server has no OAuth endpoints. The API key of the client was missing or not accepted.',
  });
});

test('with a JWT issuer the OAuth paths name the metadata', async () => {
  expect(await bodyOf('/register', { resourceMetadata: () => ({}) })).toMatchObject({
    suggestion: 'GET /.well-known/oauth-protected-resource names the authorization server.',
  });
});

test('the operations listener says what it serves', async () => {
  expect(await bodyOf('/tools/x/execute', { mcp: undefined })).toMatchObject({
    detail:
      'There is nothing at this URL. This port serves health, metrics, events and the dashboard, and changes nothing.',
  });
  expect(await bodyOf('/tols')).toMatchObject({ detail: 'There is nothing at this URL.' });
});

test.each(['/sse', '/messages', '/v1/mcp'])('%s tells an MCP client where the endpoint is', async (path) => {
  expect(await bodyOf(path)).toMatchObject({ suggestion: expect.stringContaining('/mcp (Streamable HTTP)') });
});
