import type { ClientAuthMethod, OperationMatcher } from '@mcp/openapi-tools';

import type { AuthDeclaration, EgressDeclaration, SecretSource } from './http-declaration.ts';

/** `apis.<key>`: the operations of an OpenAPI document as tools. Durations are seconds. */
export interface ApiDeclaration {
  readonly document: DocumentSource;
  readonly baseUrl: string;
  readonly auth: AuthDeclaration | ClientCredentialsDeclaration | undefined;
  readonly egress: EgressDeclaration | undefined;
  readonly operations: OperationsDeclaration | undefined;
  readonly overrides: Readonly<Record<string, OverrideDeclaration>>;
  readonly timeout: number | undefined;
  readonly concurrency: number | undefined;
  /** Bytes. */
  readonly maxOutput: number | undefined;
}

/** Exactly one of `file` and `url`. */
export interface DocumentSource {
  /** Absolute path. */
  readonly file: string | undefined;
  readonly url: string | undefined;
  /** Of the document behind `url`, in hexadecimal. */
  readonly sha256: string | undefined;
  /** A larger document is refused. */
  readonly maxBytes: number;
}

export interface ClientCredentialsDeclaration {
  readonly type: 'clientCredentials';
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: SecretSource;
  readonly authMethod?: ClientAuthMethod;
  readonly keyId?: string | undefined;
  readonly scope: string | undefined;
  readonly resource: string | undefined;
}

export interface OperationsDeclaration {
  readonly include: readonly OperationMatcher[] | undefined;
  readonly exclude: readonly OperationMatcher[];
}

export interface OverrideDeclaration {
  readonly name: string | undefined;
  readonly description: string | undefined;
}
