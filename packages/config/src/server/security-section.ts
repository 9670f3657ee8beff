import { group, list, optional } from '../fields/composite-fields.ts';
import { duration } from '../fields/duration.ts';
import type { Field } from '../fields/field.ts';
import { boolean, choice, integer, secret, text } from '../fields/scalar-fields.ts';
import { isHostName, isIpv4, isIpv6, isLoopback } from './address.ts';
import type { ApiKeyConfig, JwtConfig, RateLimitConfig, SecurityConfig, ServerConfig } from './server-config.ts';
import { allowedTarget, deniedTarget } from './target-entry.ts';
import { checkedText } from './checked-text.ts';

const KEY_EXPECTED = 'a key of 1 to 512 visible ASCII characters without spaces';
const KEY_PATTERN = /^[!-~]+$/;

/** `tools:call:net_*` and its like: a glob over tool names. */
const SCOPE = /^(?:tools:read|tools:call(?::[A-Za-z0-9_.*?-]{1,128})?|admin)$/;

function apiKeyField(): Field<ApiKeyConfig> {
  return group<ApiKeyConfig>(
    {
      name: text({
        doc: 'Who uses the key; shown in the audit trail.',
        maxLength: 64,
        pattern: /^[A-Za-z0-9_.@-]+$/,
        expected: 'a name of letters, digits, _ . @ and -',
      }),
      key: secret({ doc: 'The key itself.', maxLength: 512, pattern: KEY_PATTERN, expected: KEY_EXPECTED }),
      scopes: list(
        text({
          doc: 'A scope.',
          pattern: SCOPE,
          expected: "'tools:read', 'tools:call', 'tools:call:GLOB' or 'admin'",
        }),
        { doc: 'What its user may do.', minItems: 1, maxItems: 64, unique: true },
      ),
    },
    { doc: 'A key with scopes of its own.' },
  );
}

function jwtSection(): Field<JwtConfig> {
  return group<JwtConfig>(
    {
      issuer: checkedText(
        { doc: 'The issuer that tokens must name.', reload: 'restart' },
        'a full https URL (http is allowed on loopback)',
        secureUrl,
      ),
      audience: text({ doc: 'The audience that tokens must name: this server.', reload: 'restart' }),
      jwksUri: checkedText(
        { doc: 'Where the issuer publishes its keys.', reload: 'restart' },
        'a full https URL (http is allowed on loopback)',
        secureUrl,
      ),
      requiredScopes: list(text({ doc: 'A scope.', pattern: /^[!#-[\]-~]+$/, expected: 'a scope without spaces' }), {
        doc: 'Scopes that every token must have.',
        default: [],
        maxItems: 64,
        unique: true,
        reload: 'restart',
      }),
    },
    { doc: 'Access by OAuth 2.1 tokens.' },
  );
}

export function securitySection(): Field<SecurityConfig> {
  return group<SecurityConfig>(
    {
      auth: choice(['required', 'none'], {
        doc: 'Whether callers over HTTP must prove who they are. none is refused off loopback.',
        default: 'required',
        reload: 'restart',
      }),
      apiKey: optional(
        secret({
          doc: 'One key with every scope. Without any key one is generated and kept in a file.',
          maxLength: 512,
          pattern: KEY_PATTERN,
          expected: KEY_EXPECTED,
        }),
      ),
      apiKeys: list(apiKeyField(), { doc: 'Keys with names and scopes.', default: [], unique: 'name' }),
      jwt: optional(jwtSection()),
      allowedTargets: list(allowedTarget(), {
        doc: 'What tools may be pointed at; an empty list allows nothing.',
        default: ['RFC1918', '.lab.internal'],
      }),
      deniedTargets: list(deniedTarget(), {
        doc: 'What they may never be pointed at, even if allowedTargets has it.',
        default: [],
      }),
      allowedOrigins: list(
        checkedText({ doc: 'An origin.' }, 'an origin such as https://ops.lab.internal, without a path', isOrigin),
        { doc: 'Web origins, besides the server’s own, whose pages may call it.', default: [], unique: true },
      ),
      allowedHosts: list(
        checkedText(
          { doc: 'A host.' },
          'a host or host:port such as mcp.lab.internal:8080, in lower case',
          isHostAndPort,
        ),
        {
          doc: 'Host headers that are accepted, besides the address the server is bound to; on 0.0.0.0 or ::, the address a connection reached.',
          default: [],
          unique: true,
        },
      ),
      maxArgsLength: integer({
        doc: 'Bytes of extraArgs in one call.',
        min: 1,
        max: 10_240,
        default: 2048,
        variables: ['MCP_MAX_ARGS_LEN'],
      }),
      maxOutputSize: integer({
        doc: 'Bytes of output kept of one run.',
        min: 1024,
        max: 10_485_760,
        default: 1_048_576,
        variables: ['MCP_MAX_STDOUT_BYTES'],
      }),
      timeoutSeconds: duration({ doc: 'The ceiling over the timeout of any tool.', min: 1, max: 3600, default: 300 }),
      concurrencyLimit: integer({
        doc: 'The ceiling over the concurrency of any tool.',
        min: 1,
        max: 100,
        default: 100,
      }),
      allowIntrusive: boolean({
        doc: 'Whether presets marked intrusive, such as nmap_discovery, are offered.',
        default: false,
      }),
      rateLimit: group<RateLimitConfig>(
        {
          requests: integer({ doc: 'Calls of one caller in a window.', min: 1, max: 1_000_000, default: 60 }),
          window: duration({ doc: 'The window.', min: 1, max: 3600, default: 60 }),
          burst: integer({
            doc: 'Calls that may come at once.',
            min: 1,
            max: 1_000_000,
            computed: { doc: 'requests', compute: ({ security }: ServerConfig) => security.rateLimit.requests },
          }),
        },
        { doc: 'How often one caller may call.' },
      ),
    },
    { doc: 'Who may call, what tools may reach, and the ceilings over every tool.' },
  );
}

function urlOf(value: string): URL | undefined {
  return URL.canParse(value) && !/[\s\\]/.test(value) ? new URL(value) : undefined;
}

function secureUrl(value: string): boolean {
  const url = urlOf(value);
  if (url === undefined || url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname.replaceAll(/[[\]]/g, '')));
}

function isOrigin(value: string): boolean {
  const url = urlOf(value);
  return url !== undefined && ['http:', 'https:'].includes(url.protocol) && url.origin === value;
}

function isHostAndPort(value: string): boolean {
  const [, bracketed, plain, port] = /^(?:\[([\da-f:]+)\]|([\da-z.-]+))(?::([1-9]\d{0,4}))?$/.exec(value) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(port ?? 1) > 65_535) return false;
  return bracketed === undefined ? isIpv4(host) || isHostName(host) : isIpv6(host);
}
