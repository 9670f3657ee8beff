/** `auth` and `egress` of a request or an API, read and checked. */
import type * as openapiTools from '@mcp/openapi-tools';

import { readPemFile } from '../../configuration/settings/pem-file.ts';
import type { ClientCredentialsDeclaration } from '../../configuration/shape/api-declaration.ts';
import type { AuthDeclaration, EgressDeclaration } from '../../configuration/shape/http-declaration.ts';
import { readCredentials, type ReadCredentials } from './read-credentials.ts';

export interface ConnectionSettings extends ReadCredentials {
  readonly rules: Omit<openapiTools.ApiClientOptions, 'baseUrl' | 'credentials'>;
}

export interface ConnectionDeclaration {
  readonly auth: AuthDeclaration | ClientCredentialsDeclaration | undefined;
  readonly egress: EgressDeclaration | undefined;
}

/** @returns undefined after reporting what is wrong */
export async function readConnectionSettings(
  openapi: typeof openapiTools,
  { auth, egress }: ConnectionDeclaration,
  denied: readonly string[],
  report: (path: readonly string[], message: string) => void,
): Promise<ConnectionSettings | undefined> {
  const { caFile, ...allowed } = egress ?? { private: false, plaintext: false, caFile: undefined };
  const ca = caFile === undefined ? undefined : readPemFile(caFile, 'certificate');
  const hasCertificates = caFile === undefined || ca !== undefined;
  if (!hasCertificates) report(['egress', 'caFile'], 'names a file that has no certificates in PEM');
  const rules = { ...allowed, denied, ca };
  const credentials = await readCredentials(openapi, auth, rules, process.env);
  if ('message' in credentials) report(['auth', ...credentials.path], credentials.message);
  return hasCertificates && !('message' in credentials) ? { ...credentials, rules } : undefined;
}
