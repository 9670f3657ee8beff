import type { StaticCredentials } from '@mcp/openapi-tools';

import type { AuthDeclaration, SecretSource } from '../../configuration/http-declaration.ts';
import { readSecret, type SecretProblem } from './read-secret.ts';

/** The credential of an `auth` key. A problem's path is relative to `auth`. */
export async function readCredentials(
  auth: AuthDeclaration | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Promise<StaticCredentials | SecretProblem> {
  if (auth === undefined) return { type: 'none' };
  const read = async (key: string, source: SecretSource): Promise<string | SecretProblem> => {
    const found = await readSecret(source, env);
    return typeof found === 'string' ? found : { ...found, path: [key, ...found.path] };
  };
  switch (auth.type) {
    case 'bearer': {
      const token = await read('token', auth.token);
      return typeof token === 'string' ? { type: 'bearer', token } : token;
    }
    case 'basic': {
      const password = await read('password', auth.password);
      return typeof password === 'string' ? { type: 'basic', username: auth.username, password } : password;
    }
    case 'header':
    case 'query': {
      const value = await read('value', auth.value);
      return typeof value === 'string' ? { type: auth.type, name: auth.name, value } : value;
    }
  }
}
