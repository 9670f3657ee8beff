/** The keys of `tools.<name>.http`. */
import { boolean, choice, group, map, optional, path, text, textOrMapping, variant, type Field } from '@mcp/config';
import type { ClientAuthMethod, HttpMethod, ResponseKind, TemplateText } from '@mcp/openapi-tools';

import type { ClientCredentialsDeclaration } from '../shape/api-declaration.ts';
import type {
  AuthDeclaration,
  EgressDeclaration,
  HttpBodyDeclaration,
  HttpDeclaration,
  SecretSource,
} from '../shape/http-declaration.ts';

const METHODS: readonly HttpMethod[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const RESPONSES: readonly ResponseKind[] = ['auto', 'json', 'text', 'binary'];
const AUTH_METHODS: readonly ClientAuthMethod[] = ['client_secret_basic', 'client_secret_post', 'private_key_jwt'];
const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/;

export function httpField(): Field<HttpDeclaration> {
  return group<HttpDeclaration>(
    {
      method: choice(METHODS, { doc: 'The method of the request.', default: 'GET' }),
      url: text({
        doc: 'The full URL without a query; {parameter} may stand in its path and is percent-encoded.',
        maxLength: 2048,
        pattern: /^https?:\/\/[^/]/,
        expected: 'a full http or https URL such as https://api.lab.internal/articles/{id}',
      }),
      query: templates('Query parameters; one whose {parameter} is left out is not sent.', /^.{1,256}$/, 'a name'),
      headers: templates('Request headers, except those that the server sets.', HEADER_NAME, 'the name of a header'),
      body: optional(bodyField()),
      response: choice(RESPONSES, {
        doc: 'How the response is read; auto goes by its content type.',
        default: 'auto',
      }),
      auth: optional(authField()),
      egress: optional(egressField()),
    },
    { doc: 'An HTTP request offered as a tool, in place of command.' },
  );
}

function templates(
  doc: string,
  keyPattern: RegExp,
  keyExpected: string,
): Field<Readonly<Record<string, TemplateText>>> {
  return map(template('A value; {parameter} stands for a checked value.'), {
    doc,
    default: {},
    keyPattern,
    keyExpected,
    maxEntries: 64,
  });
}

function template(doc: string): Field<TemplateText> {
  return textOrMapping('literal', {
    doc,
    minLength: 0,
    maxLength: 4096,
    mappingDoc: 'for text in which braces have no meaning',
  });
}

function bodyField(): Field<HttpBodyDeclaration> {
  return group<HttpBodyDeclaration>(
    {
      json: optional(
        text({
          doc: 'JSON; a string that is one {parameter} becomes its value, a number as a number.',
          maxLength: 65_536,
          expected: 'JSON in one line, such as \'{"article": "{id}"}\'',
          accepts: isJson,
        }),
      ),
      form: optional(
        map(template('A value.'), {
          doc: 'Fields of a form.',
          keyPattern: /^.{1,256}$/,
          keyExpected: 'the name of a field',
          maxEntries: 64,
        }),
      ),
      text: optional(template('Plain text.')),
    },
    { doc: 'The request body: exactly one of json, form and text.' },
  );
}

function isJson(given: string): boolean {
  try {
    JSON.parse(given);
    return true;
  } catch {
    return false;
  }
}

export function authField(): Field<AuthDeclaration>;
export function authField(options: {
  readonly withClientCredentials: true;
}): Field<AuthDeclaration | ClientCredentialsDeclaration>;
export function authField(options?: {
  readonly withClientCredentials: true;
}): Field<AuthDeclaration | ClientCredentialsDeclaration> {
  const named = (doc: string, what: string): Field<object> =>
    group<{ name: string; value: SecretSource }>(
      {
        name: text({ doc: `The name of the ${what}.`, maxLength: 128, pattern: HEADER_NAME, expected: 'a name' }),
        value: secretSourceField('Its value.'),
      },
      { doc },
    );
  return variant<AuthDeclaration | ClientCredentialsDeclaration>(
    {
      bearer: group<{ token: SecretSource }>({ token: secretSourceField('The token.') }, { doc: 'A bearer token.' }),
      basic: group<{ username: string; password: SecretSource }>(
        {
          username: text({
            doc: 'The user name.',
            maxLength: 256,
            pattern: /^[^:]*$/,
            expected: 'a user name without a colon',
          }),
          password: secretSourceField('The password.'),
        },
        { doc: 'A user name and a password.' },
      ),
      header: named('A key in a header.', 'header'),
      headers: group<{ headers: Readonly<Record<string, SecretSource>> }>(
        {
          headers: map(secretSourceField('Its value.'), {
            doc: 'The headers by name.',
            keyPattern: HEADER_NAME,
            keyExpected: 'the name of a header',
            maxEntries: 8,
          }),
        },
        { doc: 'Keys in several headers.' },
      ),
      query: named('A key in the query.', 'query parameter'),
      ...(options && { clientCredentials: clientCredentialsField() }),
    },
    { doc: 'The credential, which is sent to the origin of the URL only.' },
  );
}

export function clientCredentialsField(): Field<object> {
  return group<Omit<ClientCredentialsDeclaration, 'type'>>(
    {
      tokenUrl: text({
        doc: 'Where tokens are requested.',
        maxLength: 2048,
        pattern: /^https?:\/\/[^/]/,
        expected: 'a full https URL',
      }),
      clientId: text({ doc: 'The client.', maxLength: 256 }),
      clientSecret: secretSourceField('Its secret; with private_key_jwt a private key in PEM.'),
      authMethod: choice(AUTH_METHODS, {
        doc: 'How the secret is sent to tokenUrl: client_secret_basic in a header, client_secret_post in the body; private_key_jwt signs with it and sends it nowhere.',
        default: 'client_secret_basic',
      }),
      keyId: optional(
        text({ doc: 'The name by which the authorization server knows the key of private_key_jwt.', maxLength: 256 }),
      ),
      scope: optional(text({ doc: 'Scopes, separated by spaces.', maxLength: 1024 })),
      resource: optional(text({ doc: 'The API that the token is for (RFC 8707).', maxLength: 2048 })),
    },
    {
      doc: 'Tokens by the client credentials grant of OAuth 2.0.',
      check: ({ authMethod, keyId }) =>
        keyId === undefined || authMethod === 'private_key_jwt'
          ? []
          : [
              {
                path: ['keyId'],
                message: 'has no effect without authMethod: private_key_jwt',
                suggestion: 'remove it, or set authMethod',
              },
            ],
    },
  );
}

/** A secret that is read at start and at every reload. */
function secretSourceField(doc: string): Field<SecretSource> {
  return group<SecretSource>(
    {
      file: optional(path({ doc: 'A file that holds it.' })),
      variable: optional(
        text({
          doc: 'An environment variable that holds it.',
          maxLength: 128,
          pattern: /^[A-Za-z_][A-Za-z0-9_]*$/,
          expected: 'the name of an environment variable',
        }),
      ),
    },
    {
      doc,
      namesSecret: true,
      check: ({ file, variable }) =>
        (file === undefined) === (variable === undefined)
          ? [{ path: [], message: 'must have exactly one of file and variable' }]
          : [],
    },
  );
}

export function egressField(): Field<EgressDeclaration> {
  return group<EgressDeclaration>(
    {
      private: boolean({ doc: 'Whether the host may have a private or loopback address.', default: false }),
      plaintext: boolean({ doc: 'Whether http, which is not encrypted, may leave this machine.', default: false }),
      caFile: optional(path({ doc: 'Certificates in PEM that are trusted in place of the system’s.' })),
    },
    { doc: 'What the connection may be.' },
  );
}
