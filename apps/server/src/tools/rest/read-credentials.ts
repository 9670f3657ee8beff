import { createHash } from 'node:crypto';

import type * as openapiTools from '@mcp/openapi-tools';

import type { ClientCredentialsDeclaration } from '../../configuration/shape/api-declaration.ts';
import type { AuthDeclaration, SecretSource } from '../../configuration/shape/http-declaration.ts';
import { readSecret, type SecretProblem } from './read-secret.ts';

type Rules = Omit<openapiTools.ApiClientOptions, 'baseUrl' | 'credentials'>;
type ClientCredentialsParts = 'clientCredentials' | 'readApiAddress' | 'egressProblem' | 'signingKeyProblem';
type Environment = Readonly<Record<string, string | undefined>>;

export interface ReadCredentials {
  readonly credentials: openapiTools.Credentials;
  /** Equal for equal credentials, without holding them. */
  readonly identity: string;
}

/** The credential of an `auth` key. A problem's path is relative to `auth`. */
export async function readCredentials(
  openapi: Pick<typeof openapiTools, 'staticCredentials' | ClientCredentialsParts>,
  auth: AuthDeclaration | ClientCredentialsDeclaration | undefined,
  rules: Rules,
  env: Environment,
): Promise<ReadCredentials | SecretProblem> {
  if (auth?.type === 'clientCredentials') return readClientCredentials(openapi, auth, rules, env);
  const given = await readStatic(auth, env);
  if ('message' in given) return given;
  return { credentials: openapi.staticCredentials(given), identity: digestOf(given) };
}

async function readClientCredentials(
  {
    clientCredentials,
    readApiAddress,
    egressProblem,
    signingKeyProblem,
  }: Pick<typeof openapiTools, ClientCredentialsParts>,
  { clientSecret, ...auth }: ClientCredentialsDeclaration,
  rules: Rules,
  env: Environment,
): Promise<ReadCredentials | SecretProblem> {
  const { tokenUrl, clientId, authMethod, keyId, scope, resource } = auth;
  const isKey = authMethod === 'private_key_jwt';
  const address = readApiAddress(tokenUrl);
  const problem = typeof address === 'string' ? address : egressProblem(address, rules);
  if (problem !== undefined) return { path: ['tokenUrl'], message: problem };
  const secret = await read('clientSecret', clientSecret, env, isKey);
  if (typeof secret !== 'string') return secret;
  const keyProblem = isKey ? signingKeyProblem(secret) : undefined;
  if (keyProblem !== undefined) return { path: ['clientSecret'], message: keyProblem };
  const options = { ...rules, tokenUrl, clientId, clientSecret: secret, authMethod, keyId, scope, resource };
  return { credentials: clientCredentials(options), identity: digestOf(options) };
}

async function readStatic(
  auth: AuthDeclaration | undefined,
  env: Environment,
): Promise<openapiTools.StaticCredentials | SecretProblem> {
  if (auth === undefined) return { type: 'none' };
  switch (auth.type) {
    case 'bearer': {
      const token = await read('token', auth.token, env);
      return typeof token === 'string' ? { type: 'bearer', token } : token;
    }
    case 'basic': {
      const password = await read('password', auth.password, env);
      return typeof password === 'string' ? { type: 'basic', username: auth.username, password } : password;
    }
    case 'headers': {
      const headers: Record<string, string> = {};
      for (const [name, source] of Object.entries(auth.headers)) {
        const value = await read(name, source, env);
        if (typeof value !== 'string') return { ...value, path: ['headers', ...value.path] };
        headers[name] = value;
      }
      return { type: 'headers', headers };
    }
    case 'header':
    case 'query': {
      const value = await read('value', auth.value, env);
      return typeof value === 'string' ? { type: auth.type, name: auth.name, value } : value;
    }
  }
}

async function read(
  key: string,
  source: SecretSource,
  env: Environment,
  isKey = false,
): Promise<string | SecretProblem> {
  const found = await readSecret(source, env, isKey);
  return typeof found === 'string' ? found : { ...found, path: [key, ...found.path] };
}

/** So that a tool with a new secret is a new tool, and no secret is kept for comparing. */
function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
