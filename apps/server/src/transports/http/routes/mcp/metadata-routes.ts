import { problem, problemResponse } from '../../../../foundation/problem-details.ts';
import { jsonResponse } from '../../routing/request-context.ts';
import type { Route } from '../../routing/route.ts';

/**
 * OAuth 2.0 protected-resource metadata (RFC 9728): which issuer's tokens are accepted. It is served at the well-known path
 * of the origin and, as the RFC defines for a resource with a path, at that of `/mcp`.
 */
export function metadataRoutes(metadata: () => object | undefined): Route[] {
  const at = (path: Route['path'], operation: string): Route => ({
    method: 'GET',
    path,
    scope: 'open',
    operation,
    summary: 'Which authorization server issues tokens for this server (RFC 9728)',
    responses: { 200: { description: 'The metadata' }, 404: { description: 'No JWT issuer is configured' } },
    handle: () => {
      const document = metadata();
      return document
        ? jsonResponse(document)
        : problemResponse(problem(404, 'not_found', 'This server accepts API keys only; no JWT issuer is configured.'));
    },
  });
  return [
    at('/.well-known/oauth-protected-resource', 'resource_metadata'),
    at('/.well-known/oauth-protected-resource/mcp', 'resource_metadata_mcp'),
  ];
}
