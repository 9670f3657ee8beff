/** The keys of `upstreams:`: other MCP servers whose tools are offered here. */
import {
  boolean,
  choice,
  duration,
  group,
  integer,
  list,
  map,
  optional,
  orWord,
  path,
  secret,
  text,
  variant,
  type Field,
  type GroupProblem,
} from '@mcp/config';
import { LIMIT_RANGES } from '@mcp/tool-base';

import { isHttpUrl } from '../fields/addresses.ts';
import { toolBreakerField } from '../sections/circuit-breaker-section.ts';
import { rangeInSeconds } from '../settings/milliseconds.ts';
import type {
  FederationConfig,
  UpstreamAuthConfig,
  UpstreamConfig,
  UpstreamContentsConfig,
  UpstreamEgressConfig,
  UpstreamToolsConfig,
} from '../shape/upstream-config.ts';
import { clientCredentialsField } from './http-fields.ts';
import { SCOPES } from '../fields/scope-names.ts';
import { overrideField, UPSTREAM_TOOL_NAMES } from './upstream-override-fields.ts';
import { headerProblems, plaintextProblems, renameProblems } from './upstream-problems.ts';
import { endpointProblems, upstreamProgramFields } from './upstream-program-fields.ts';
import { tlsField, tlsProblems } from './upstream-tls-field.ts';

type Auth<K extends UpstreamAuthConfig['type']> = Omit<Extract<UpstreamAuthConfig, { type: K }>, 'type'>;

/** Without `_`, which therefore separates the key from the name of a tool. */
export const UPSTREAM_KEY: RegExp = /^[a-z][a-z0-9-]{0,23}$/;

/** Set by the connection or by the protocol. */
const RESERVED_HEADERS =
  /^(?:host|content-.*|mcp-.*|connection|transfer-encoding|keep-alive|upgrade|te|trailer|expect|accept|proxy-.*)$/i;
const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/;
const VISIBLE_ASCII = /^[!-~](?:[ -~]*[!-~])?$/;

const authField = variant<UpstreamAuthConfig>(
  {
    bearer: group<Auth<'bearer'>>(
      {
        token: optional(
          secret({
            doc: 'The token itself.',
            maxLength: 8192,
            pattern: /^[!-~]+$/,
            expected: 'visible ASCII characters',
          }),
        ),
        tokenFile: optional(path({ doc: 'A file that holds the token; read again when the upstream rejects it.' })),
      },
      { doc: 'A token in the Authorization header.', check: oneToken },
    ),
    clientCredentials: clientCredentialsField(),
    none: group({}, { doc: 'No credential.' }),
  },
  { doc: 'The credential of this server at the upstream.' },
);

function oneToken({ token, tokenFile }: Auth<'bearer'>): GroupProblem[] {
  if ((token === undefined) !== (tokenFile === undefined)) return [];
  return [{ path: [], message: 'needs either token or tokenFile', suggestion: 'keep one of them' }];
}

const toolsField = group<UpstreamToolsConfig>(
  {
    include: patterns('Tools to offer, by the upstream’s own names; * and ? are wildcards.', ['*']),
    exclude: patterns('Tools not to offer.', []),
    rename: map(
      text({ doc: 'The new name.', maxLength: 64, pattern: /^[A-Za-z0-9_-]+$/, expected: 'letters, digits, _ and -' }),
      { doc: 'New names by the upstream’s own; the key still precedes them.', default: {}, ...UPSTREAM_TOOL_NAMES },
    ),
    overrides: map(overrideField(), {
      doc: 'What is different for single tools, by the upstream’s own names.',
      default: {},
      ...UPSTREAM_TOOL_NAMES,
    }),
  },
  { doc: 'Which of its tools are offered, and how.' },
);

export const federationSection: Field<FederationConfig> = group<FederationConfig>(
  {
    lockFile: path({
      doc: 'Where approved tools of upstreams are kept; meant for version control. Replicas share it where trust is locked.',
      default: './upstreams.lock.json',
    }),
    maxProcesses: integer({
      doc: 'Programs of upstreams at the same time; each upstream can have its first, and the rest is for callers who have their own.',
      min: 1,
      max: 10_000,
      default: 64,
    }),
    alwaysListed: list(
      text({
        doc: 'A pattern of names with * and ?.',
        pattern: /^[A-Za-z0-9_.*?-]{1,128}$/,
        expected: 'letters, digits, _ . - and the wildcards * and ?',
      }),
      {
        doc: 'Tools of APIs and upstreams that are listed also where toolSearch keeps the list short.',
        default: [],
        maxItems: 100,
        reload: 'restart',
      },
    ),
  },
  { doc: 'What all upstreams and APIs share.' },
);

export function upstreamField(): Field<UpstreamConfig> {
  return group<UpstreamConfig>(
    {
      url: optional(
        text({
          doc: 'The MCP endpoint (Streamable HTTP). Instead of command.',
          maxLength: 2048,
          expected: 'a full http or https URL without user and password',
          accepts: isHttpUrl,
        }),
      ),
      ...upstreamProgramFields,
      auth: optional(authField),
      headers: map(
        secret({ doc: 'A value.', maxLength: 8192, pattern: VISIBLE_ASCII, expected: 'visible ASCII characters' }),
        {
          doc: 'Headers of every request to it.',
          default: {},
          keyPattern: HEADER_NAME,
          keyAccepts: (name) => !RESERVED_HEADERS.test(name),
          keyExpected: 'a header name other than Host, Accept, those of content, MCP and the connection',
          maxEntries: 50,
        },
      ),
      egress: optional(
        group<UpstreamEgressConfig>(
          {
            private: boolean({
              doc: 'Whether its host name may resolve to private and loopback addresses; an address in the URL may always be private.',
              default: false,
            }),
            plaintext: boolean({ doc: 'Whether http may be used beyond this machine.', default: false }),
          },
          { doc: 'Where connections may lead. Redirects are never followed.' },
        ),
      ),
      tls: optional(tlsField),
      protocol: choice(['auto', '2026-07-28', '2025-11-25'], {
        doc: 'The protocol version; auto asks the upstream.',
        default: 'auto',
      }),
      startTimeout: duration({ doc: 'How long its first answer may take.', min: 1, max: 600, default: 60 }),
      timeout: duration({
        doc: 'How long one call may take; at most security.timeoutSeconds.',
        ...rangeInSeconds(LIMIT_RANGES.timeoutMs),
        default: 60,
      }),
      concurrency: integer({ doc: 'Calls at the same time over all its tools.', min: 1, max: 1000, default: 16 }),
      isolation: choice(['auto', 'shared', 'caller', 'session'], {
        doc: 'Who shares a connection or program. caller: each caller has one; session: each session of a client has one, and clients without sessions are as with caller; auto: caller where the upstream keeps a session (programs and sessions of the 2025 era), else shared.',
        default: 'auto',
      }),
      maxInstances: integer({
        doc: 'Connections or programs at the same time, where each caller has one.',
        min: 1,
        max: 100,
        default: 8,
      }),
      idleStop: orWord(
        duration({
          doc: 'After how long a program or connection that nobody uses ends.',
          min: 1,
          max: 86_400,
          default: 600,
        }),
        'never',
      ),
      circuitBreaker: optional(toolBreakerField()),
      structured: choice(['off', 'warn', 'strict'], {
        doc: 'What becomes of structured results that do not match the output schema of their tool. off: they are not checked; warn: they are passed on and counted; strict: the call fails and says that the tool has run.',
        default: 'warn',
      }),
      trust: choice(['locked', 'firstUse', 'open'], {
        doc: 'locked: only tools in the lock file; firstUse: the first list counts as approved, later changes wait; open: every change is taken.',
        default: 'firstUse',
      }),
      tools: optional(toolsField),
      prompts: optional(contentsField('Its prompts, under the names KEY_NAME.')),
      resources: optional(contentsField('Its resources, under the addresses KEY+URI.')),
      priority: choice(['informational', 'important'], {
        doc: 'What its failure makes of the overall status and of readiness: degraded, or nothing.',
        default: 'informational',
      }),
    },
    {
      doc: 'An MCP server whose tools are offered here.',
      otherNames: { args: 'command', serverUrl: 'url', httpUrl: 'url', endpoint: 'url' },
      check: (upstream) => [
        ...endpointProblems(upstream),
        ...plaintextProblems(upstream),
        ...tlsProblems(upstream),
        ...headerProblems(upstream),
        ...renameProblems(upstream),
      ],
    },
  );
}

function contentsField(doc: string): Field<UpstreamContentsConfig> {
  return group<UpstreamContentsConfig>(
    {
      enabled: boolean({ doc: 'Whether they are offered.', default: false }),
      scope: optional(
        choice(SCOPES, {
          doc: 'A scope that callers need for them, beside those that cover the tools of the upstream.',
        }),
      ),
    },
    { doc },
  );
}

function patterns(doc: string, defaults: readonly string[]): Field<readonly string[]> {
  return list(text({ doc: 'A name or a pattern.', maxLength: 256 }), { doc, default: defaults, unique: true });
}
