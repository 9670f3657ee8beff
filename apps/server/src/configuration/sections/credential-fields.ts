/** How callers prove who they are: API keys and OAuth tokens. */
import { group, list, secret, text, type Field } from '@mcp/config';

import { isSecureUrl } from '../fields/addresses.ts';
import { SCOPE_FORMS, SCOPE_PATTERN } from '../fields/scope-names.ts';
import type { ApiKeyConfig, JwtConfig } from '../shape/server-config.ts';

export function apiKey(doc: string): ReturnType<typeof secret> {
  return secret({
    doc,
    maxLength: 512,
    pattern: /^[!-~]+$/,
    expected: 'a key of 1 to 512 visible ASCII characters without spaces',
  });
}

export const apiKeyField: Field<ApiKeyConfig> = group<ApiKeyConfig>(
  {
    name: text({
      doc: 'Who uses the key; shown in the audit trail.',
      maxLength: 64,
      pattern: /^[A-Za-z0-9_.@-]+$/,
      expected: 'a name of letters, digits, _ . @ and -',
    }),
    key: apiKey('The key itself.'),
    scopes: list(
      text({
        doc: 'A scope.',
        pattern: SCOPE_PATTERN,
        expected: SCOPE_FORMS,
      }),
      { doc: 'What its user may do.', minItems: 1, maxItems: 64, unique: true },
    ),
  },
  { doc: 'A key with scopes of its own.' },
);

const RELOAD = 'restart';

export const jwtField: Field<JwtConfig> = group<JwtConfig>(
  {
    issuer: secureUrl('The issuer that tokens must name.'),
    audience: text({
      doc: 'The audience that tokens must name: this server. A URL without a path matches with a slash at its end and without; everything else is compared as it is.',
      reload: RELOAD,
    }),
    jwksUri: secureUrl('Where the issuer publishes its keys.'),
    requiredScopes: list(text({ doc: 'A scope.', pattern: /^[!#-[\]-~]+$/, expected: 'a scope without spaces' }), {
      doc: 'Scopes that every token must have.',
      default: [],
      maxItems: 64,
      unique: true,
      reload: RELOAD,
    }),
  },
  { doc: 'Access by OAuth 2.1 tokens.' },
);

function secureUrl(doc: string): Field<string> {
  return text({
    doc,
    reload: RELOAD,
    maxLength: 2048,
    expected: 'a full https URL (http is allowed on loopback)',
    accepts: isSecureUrl,
  });
}
