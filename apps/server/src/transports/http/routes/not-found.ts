import { problem, problemResponse } from '../../../foundation/problem-details.ts';
import { WHERE_TO } from '../routing/route.ts';

/** Where OAuth clients look for endpoints when the metadata names none (MCP revision 2025-03-26). */
const OAUTH_PATHS: ReadonlySet<string> = new Set(['/authorize', '/token', '/register']);

export interface NotFoundDependencies {
  /** Absent on the operations listener. */
  readonly mcp?: unknown;
  readonly resourceMetadata: () => object | undefined;
}

/** A client that looks for OAuth was rejected before, so the response says what to do about that. */
export function notFoundResponse(path: string, { mcp, resourceMetadata }: NotFoundDependencies): Response {
  if (OAUTH_PATHS.has(path)) return problemResponse(resourceMetadata() ? oauthElsewhere : noOAuth);
  return problemResponse(mcp === undefined ? notOnThisPort : nothingHere);
}

const nothingHere = problem(404, 'not_found', 'There is nothing at this URL.', {
  suggestion: WHERE_TO,
});

const notOnThisPort = problem(
  404,
  'not_found',
  'There is nothing at this URL. This port serves health, metrics, events and the dashboard, and changes nothing.',
  { suggestion: 'Use the port of server.port to call tools. Over stdio there is none.' },
);

const noOAuth = problem(
  404,
  'no_oauth',
  'This server has no OAuth endpoints. The API key of the client was missing or not accepted.',
  { suggestion: 'Send a valid API key in the header "Authorization: Bearer <key>".' },
);

const oauthElsewhere = problem(
  404,
  'no_oauth',
  'The OAuth endpoints are at the authorization server, not here. The credential of the client was missing or not accepted.',
  { suggestion: 'GET /.well-known/oauth-protected-resource names the authorization server.' },
);
