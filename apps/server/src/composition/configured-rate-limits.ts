import { rateLimits } from '../configuration/settings/milliseconds.ts';
import type { ServerConfig } from '../configuration/shape/server-config.ts';
import type { ConfiguredRateLimits } from '../rate-limit/tool-rate-limits.ts';

/** Over stdio there is one caller, who owns the process: only a limit of a tool itself holds. */
export function configuredRateLimits({ security, server, tools }: ServerConfig): ConfiguredRateLimits {
  const own = Object.entries(tools).flatMap(([name, { rateLimit }]) =>
    rateLimit === undefined ? [] : [[name, rateLimits(rateLimit)] as const],
  );
  return {
    ...(server.transport === 'http' && { general: rateLimits(security.rateLimit) }),
    tools: new Map(own),
  };
}
