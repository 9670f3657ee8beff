/** A configuration with one of everything: the standard sections, secrets, an optional section, a mapping, a computed default. */
import { defineConfig } from '../define-config.ts';
import { fieldsOf, group, list, map, optional } from '../fields/composite-fields.ts';
import type { ConfigDefinition } from '../fields/definition.ts';
import { duration } from '../fields/duration.ts';
import type { Field } from '../fields/field.ts';
import { integer } from '../fields/number-fields.ts';
import type { Secret } from '../fields/secret.ts';
import { secret, text } from '../fields/text-fields.ts';
import { choice } from '../fields/word-fields.ts';
import { standardProblems, standardSections } from '../sections/standard-definition.ts';
import type { SecuritySettings, StandardConfig } from '../sections/standard-config.ts';

export interface SampleConfig extends StandardConfig {
  readonly security: SampleSecurity;
  readonly tools: Readonly<Record<string, SampleTool>>;
}

interface SampleSecurity extends SecuritySettings {
  readonly apiKey: Secret | undefined;
  readonly apiKeys: readonly NamedKey[];
  readonly jwt: JwtSettings | undefined;
  readonly rateLimit: RateLimit;
}

interface NamedKey {
  readonly name: string;
  readonly key: Secret;
  readonly scopes: readonly string[];
}

interface JwtSettings {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUri: string;
}

interface RateLimit {
  readonly requests: number;
  readonly window: number;
  readonly burst: number;
}

interface SampleTool {
  readonly description: string;
  readonly command: string;
  readonly args: readonly string[];
}

const key = {
  maxLength: 512,
  pattern: /^[!-~]+$/,
  expected: 'a key of 1 to 512 visible ASCII characters without spaces',
};

const security: Field<SampleSecurity> = group<SampleSecurity>(
  {
    apiKey: optional(secret({ doc: 'A key.', ...key })),
    apiKeys: list(
      group<NamedKey>(
        {
          name: text({ doc: 'Who has it.', maxLength: 64 }),
          key: secret({ doc: 'The key.', ...key }),
          scopes: list(choice(['tools:read', 'admin'], { doc: 'A scope.' }), { doc: 'Scopes.' }),
        },
        { doc: 'A key with a name.' },
      ),
      { doc: 'Keys.', default: [], unique: 'name' },
    ),
    jwt: optional(
      group<JwtSettings>(
        {
          issuer: text({ doc: 'Issuer.' }),
          audience: text({ doc: 'Audience.' }),
          jwksUri: text({ doc: 'Where the keys are.' }),
        },
        { doc: 'Tokens.' },
      ),
    ),
    ...fieldsOf(standardSections.security),
    rateLimit: group<RateLimit>(
      {
        requests: integer({ doc: 'Calls in a window.', min: 1, max: 1_000_000, default: 60 }),
        window: duration({ doc: 'The window.', min: 0.1, max: 3600, default: 60 }),
        burst: integer({
          doc: 'Calls at once.',
          min: 1,
          max: 1_000_000,
          computed: { doc: 'requests', compute: ({ security: { rateLimit } }: SampleConfig) => rateLimit.requests },
        }),
      },
      { doc: 'Rate limit.' },
    ),
  },
  { doc: 'Security.' },
);

export const sampleDefinition: ConfigDefinition<SampleConfig> = defineConfig<SampleConfig>(
  {
    ...standardSections,
    security,
    tools: map(
      group<SampleTool>(
        {
          description: text({ doc: 'What it does.' }),
          command: text({ doc: 'The program.' }),
          args: list(text({ doc: 'One argument.' }), { doc: 'Arguments.', default: [] }),
        },
        { doc: 'A tool.' },
      ),
      { doc: 'Tools.', default: {}, keyPattern: /^[\w.-]{1,128}$/, keyExpected: 'a tool name' },
    ),
  },
  {
    title: 'Sample',
    envPrefix: 'MCP',
    check: standardProblems,
    otherKeys: { mcpServers: 'this is the file of a client' },
    otherVariables: { MCP_CONFIG_FILE: '', OLD_NAME: 'set MCP_SERVER_PORT instead' },
  },
);
