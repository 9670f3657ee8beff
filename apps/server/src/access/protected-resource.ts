import { SCOPES } from '../configuration/fields/scope-names.ts';

/** Protected-resource metadata (RFC 9728 section 2). */
export interface ProtectedResourceMetadata {
  readonly resource: string;
  readonly authorization_servers: readonly string[];
  readonly scopes_supported: readonly string[];
  readonly bearer_methods_supported: readonly string[];
  readonly resource_name: string;
}

/** @param resource absolute URL of the MCP endpoint as clients use it, for example `https://tools.example.com/mcp` */
export function protectedResourceMetadata(
  resource: string,
  issuer: string,
  toolScopes: Iterable<string> = [],
): ProtectedResourceMetadata {
  return {
    resource,
    authorization_servers: [issuer],
    scopes_supported: [...SCOPES, ...toolScopes],
    bearer_methods_supported: ['header'],
    resource_name: 'mcp-server',
  };
}

/** The well-known path comes before the path of the resource (RFC 9728 section 3.1). */
export function protectedResourceMetadataUrl(resource: string): string {
  const { origin, pathname } = new URL(resource);
  return `${origin}/.well-known/oauth-protected-resource${pathname === '/' ? '' : pathname}`;
}
