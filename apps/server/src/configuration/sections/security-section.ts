import {
  choice,
  duration,
  fieldsOf,
  group,
  integer,
  list,
  optional,
  path,
  standardSections,
  text,
  type Field,
} from '@mcp/config';

import { isHostAndPort, isOrigin } from '../fields/addresses.ts';
import { apiKey, apiKeyField, jwtField } from './credential-fields.ts';
import { resourceCeilingsField } from '../fields/resource-fields.ts';
import type { RateLimitConfig, SecurityConfig, ServerConfig } from '../shape/server-config.ts';
import { allowedTarget, deniedTarget } from '../fields/target-fields.ts';

const rateLimitField = group<RateLimitConfig>(
  {
    requests: integer({
      doc: 'Calls of one caller to one tool in a window, in the long run.',
      min: 1,
      max: 1_000_000,
      default: 600,
    }),
    window: duration({ doc: 'The window.', min: 1, max: 3600, default: 60 }),
    burst: integer({
      doc: 'Calls of one caller to one tool that may come at once after a pause.',
      min: 1,
      max: 1_000_000,
      computed: {
        doc: '120, or a fifth of requests if that is more, and never more than requests',
        compute: ({ security }: ServerConfig) => defaultBurst(security.rateLimit.requests),
      },
    }),
  },
  { doc: 'How often each caller may call each tool over HTTP. Over stdio there is one caller and no limit.' },
);

function defaultBurst(requests: number): number {
  return Math.min(requests, Math.max(120, Math.ceil(requests / 5)));
}

const { allowedTargets: _, ...limits } = fieldsOf(standardSections.security);

export const securitySection: Field<SecurityConfig> = group<SecurityConfig>(
  {
    auth: choice(['required', 'none'], {
      doc: 'Whether callers over HTTP must authenticate. none is refused off loopback.',
      default: 'required',
      reload: 'restart',
    }),
    apiKey: optional(apiKey('One key with every scope. Without any key one is generated and kept in a file.')),
    apiKeys: list(apiKeyField, { doc: 'Keys with names and scopes.', default: [], unique: 'name' }),
    keyStore: optional(
      path({
        doc: 'File of hashed keys, which mcp-server keys manages; changes apply within a second. Unset: ~/.config/mcp-server/keys.json.',
      }),
    ),
    jwt: optional(jwtField),
    allowedTargets: list(allowedTarget, {
      doc: 'What tools may reach; an empty list allows nothing.',
      default: ['RFC1918', '.lab.internal'],
    }),
    deniedTargets: list(deniedTarget, {
      doc: 'What they may never reach, even if allowedTargets has it.',
      default: [],
    }),
    allowedOrigins: list(
      text({
        doc: 'An origin.',
        expected: 'an origin such as https://ops.lab.internal, without a path',
        accepts: isOrigin,
      }),
      { doc: 'Web origins, besides the server’s own, whose pages may call it.', default: [], unique: true },
    ),
    allowedHosts: list(
      text({
        doc: 'A host.',
        expected: 'a host or host:port such as mcp.lab.internal:8080, in lower case',
        accepts: isHostAndPort,
      }),
      {
        doc: 'Host headers that are accepted, besides the address the server is bound to; on 0.0.0.0 or ::, the address a connection reached. Without a port, every port is accepted.',
        default: [],
        unique: true,
      },
    ),
    ...limits,
    rateLimit: rateLimitField,
    approvalTimeout: duration({
      doc: 'How long a call of a tool with confirm: operator waits for a decision, and an approval for its call.',
      min: 10,
      max: 86_400,
      default: 600,
    }),
    maxResources: resourceCeilingsField,
  },
  { doc: 'Who may call, what tools may reach, and the limits of every tool.' },
);
