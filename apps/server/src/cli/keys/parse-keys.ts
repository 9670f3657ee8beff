import { parseArgs } from 'node:util';

import { isScope } from '../../access/principal.ts';
import { SCOPE_FORMS } from '../../configuration/fields/scope-names.ts';
import type { ConfigurationSource } from '../../composition/load-configuration.ts';
import { expiryOf } from './expiry.ts';

/** What `mcp-server keys` should do. */
export type KeysCommand = {
  readonly options: ConfigurationSource;
  readonly json: boolean;
} & (
  | { readonly action: 'add'; readonly name: string; readonly scopes: readonly string[]; readonly expiresAtMs?: number }
  | { readonly action: 'rotate'; readonly name: string; readonly expiresAtMs?: number }
  | { readonly action: 'remove'; readonly name: string }
  | { readonly action: 'list' }
);

export const KEYS_USAGE: string = `Usage: mcp-server keys add NAME [--scope SCOPE ...] [--expires TIME] [--config FILE] [--json]
       mcp-server keys list [--config FILE] [--json]
       mcp-server keys rotate NAME [--expires TIME] [--config FILE] [--json]
       mcp-server keys remove NAME [--config FILE] [--json]

Manages API keys. Only their SHA-256 digests are stored, in the key store: security.keyStore, or ~/.config/mcp-server/keys.json.
A running server applies a change within a second and closes the streams of a removed key.

  add NAME         create a key and print it, once; everything else goes to standard error
  list             names, scopes and expiry of the stored, configured and generated keys
  rotate NAME      replace a stored key; the old one is rejected from then on
  remove NAME      delete a stored key

  --scope SCOPE    ${SCOPE_FORMS};
                   repeatable (default: tools:read and tools:call)
  --expires TIME   a lifetime (12h, 30d, 8w) or a date (2027-01-31, in UTC); default: never, for rotate the lifetime it had
  --config FILE    configuration file that names the key store
  --json           print JSON

Exit codes: 0 success, 1 the key store or the configuration cannot be used, or there is no such key, 2 invalid command line.
`;

const DEFAULT_SCOPES = ['tools:read', 'tools:call'];
const NAME = /^[A-Za-z0-9_.@-]{1,64}$/;
const options = {
  config: { type: 'string' },
  json: { type: 'boolean' },
  scope: { type: 'string', multiple: true },
  expires: { type: 'string' },
} as const;

/**
 * @param args the arguments after `keys`
 * @throws {Error} that says what is wrong with the command line
 */
export function parseKeys(args: readonly string[], nowMs: number): KeysCommand {
  const [action, ...rest] = args;
  const { values, positionals } = parseArgs({ args: rest, options, allowPositionals: true });
  const base = {
    options: { flags: [], ...(values.config !== undefined && { config: values.config }) },
    json: values.json ?? false,
  };
  if (values.scope !== undefined && action !== 'add') throw new Error('--scope belongs to keys add');
  if (values.expires !== undefined && action !== 'add' && action !== 'rotate') {
    throw new Error('--expires belongs to keys add and keys rotate');
  }
  const expiry = values.expires === undefined ? {} : { expiresAtMs: expiryOf(values.expires, nowMs) };
  switch (action) {
    case 'add':
      return { ...base, action, name: onlyName(action, positionals), scopes: scopesOf(values.scope), ...expiry };
    case 'rotate':
      return { ...base, action, name: onlyName(action, positionals), ...expiry };
    case 'remove':
      return { ...base, action, name: onlyName(action, positionals) };
    case 'list':
      if (positionals.length > 0) throw new Error(`keys list takes no name, but got ${positionals.join(' ')}`);
      return { ...base, action };
    case undefined:
    default:
      throw new Error('keys needs one of add, list, rotate and remove');
  }
}

function onlyName(action: string, [name, ...others]: readonly string[]): string {
  if (name === undefined || others.length > 0) {
    throw new Error(`one NAME is needed, such as: mcp-server keys ${action} ci`);
  }
  if (!NAME.test(name)) throw new Error('a key name is 1 to 64 letters, digits, _ . @ and -');
  return name;
}

function scopesOf(given: readonly string[] | undefined): readonly string[] {
  if (given === undefined) return DEFAULT_SCOPES;
  const scopes = [...new Set(given.flatMap((text) => text.split(',')))];
  const unknown = scopes.find((scope) => !isScope(scope));
  if (unknown === undefined) return scopes;
  throw new Error(`${JSON.stringify(unknown)} is not a scope; use ${SCOPE_FORMS}`);
}
