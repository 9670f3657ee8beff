import type { HttpMethod, ResponseKind, TemplateText } from '@mcp/openapi-tools';

/** `tools.<name>.http`: one request as a tool. */
export interface HttpDeclaration {
  readonly method: HttpMethod;
  readonly url: string;
  readonly query: Readonly<Record<string, TemplateText>>;
  readonly headers: Readonly<Record<string, TemplateText>>;
  readonly body: HttpBodyDeclaration | undefined;
  readonly response: ResponseKind;
  readonly auth: AuthDeclaration | undefined;
  readonly egress: EgressDeclaration | undefined;
}

export interface HttpBodyDeclaration {
  /** JSON as text. */
  readonly json: string | undefined;
  readonly form: Readonly<Record<string, TemplateText>> | undefined;
  readonly text: TemplateText | undefined;
}

/** Where a secret is read from: exactly one of the two. */
export interface SecretSource {
  /** Absolute path. */
  readonly file: string | undefined;
  /** Name of an environment variable. */
  readonly variable: string | undefined;
}

export type AuthDeclaration =
  | { readonly type: 'bearer'; readonly token: SecretSource }
  | { readonly type: 'basic'; readonly username: string; readonly password: SecretSource }
  | { readonly type: 'header' | 'query'; readonly name: string; readonly value: SecretSource }
  | { readonly type: 'headers'; readonly headers: Readonly<Record<string, SecretSource>> };

export interface EgressDeclaration {
  readonly private: boolean;
  readonly plaintext: boolean;
  /** Absolute path of certificates in PEM. */
  readonly caFile: string | undefined;
}
