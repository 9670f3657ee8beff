import { isHttpUrl } from '../configuration/fields/addresses.ts';
import { SCOPES } from '../configuration/fields/scope-names.ts';
import type { ServerConfig } from '../configuration/shape/server-config.ts';
import { inUrl } from '../foundation/client-url.ts';

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

/**
 * URL of the MCP endpoint as clients use it: the audience of tokens where that is one, else where the server listens. Audiences
 * are also names, such as `mcp-tools` or `api://GUID`.
 *
 * @param listensAt once the server listens: with port 0 the configuration does not know it
 */
export function resourceUrl({ server, security }: ServerConfig, listensAt?: string): string {
  const audience = security.jwt?.audience;
  if (audience !== undefined && isHttpUrl(audience)) return audience;
  if (listensAt !== undefined) return `${listensAt}/mcp`;
  const host = ['0.0.0.0', '::'].includes(server.host) ? 'localhost' : server.host;
  return `http://${inUrl(host)}:${server.port}/mcp`;
}

/** The well-known path comes before the path of the resource (RFC 9728 section 3.1). */
export function protectedResourceMetadataUrl(resource: string): string {
  const { origin, pathname } = new URL(resource);
  return `${origin}/.well-known/oauth-protected-resource${pathname === '/' ? '' : pathname}`;
}
