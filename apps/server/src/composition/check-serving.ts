import { ConfigVetoError } from '@mcp/config';

import type { ServerConfig } from '../configuration/shape/server-config.ts';
import { userProblems } from '../configuration/rules/sandbox-rules.ts';
import { checkAccess } from '../access/access-control.ts';
import { hostAndOriginLists } from '../transports/http/guard/host-and-origin.ts';

/**
 * Checks that a server could run with these values: callers can be authenticated, and every allowed host and origin can
 * match a request. Creates no key and changes nothing.
 *
 * @throws {ConfigVetoError} when it could not
 */
export function checkServing(values: ServerConfig): void {
  checkAccess(values);
  const users = userProblems(values);
  if (users.length > 0) throw new ConfigVetoError(users.map((each) => ({ ...each, path: [...each.path] })));
  const { allowedHosts, allowedOrigins } = values.security;
  try {
    hostAndOriginLists({ host: values.server.host, port: values.server.port, allowedHosts, allowedOrigins });
  } catch (error) {
    throw new ConfigVetoError([
      { path: ['security'], message: error instanceof Error ? error.message : String(error) },
    ]);
  }
}
