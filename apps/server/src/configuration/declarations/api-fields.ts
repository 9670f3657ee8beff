/** The keys of `apis.<key>`. */
import { duration, group, integer, list, map, optional, path, text, type Field } from '@mcp/config';
import type { OperationMatcher } from '@mcp/openapi-tools';
import { LIMIT_RANGES, MAX_DESCRIPTION_LENGTH } from '@mcp/tool-base';

import type {
  ApiDeclaration,
  DocumentSource,
  OperationsDeclaration,
  OverrideDeclaration,
} from '../shape/api-declaration.ts';
import { authField, egressField } from './http-fields.ts';
import { rangeInSeconds } from '../settings/milliseconds.ts';

/** Without `_`, so that the name of a tool says which API it is of. */
export const API_KEY: RegExp = /^[a-z][a-z0-9-]{0,23}$/;
const MIB = 1024 * 1024;
export const MAX_DOCUMENT_MIB = 64;
const METHOD = /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)$/;

export function apiField(): Field<ApiDeclaration> {
  return group<ApiDeclaration>(
    {
      document: documentField(),
      baseUrl: text({
        doc: 'Where requests go; the servers that the document names are not used.',
        maxLength: 2048,
        pattern: /^https?:\/\/[^/]/,
        expected: 'a full http or https URL such as https://billing.lab.internal/v2',
      }),
      auth: optional(authField({ withClientCredentials: true })),
      egress: optional(egressField()),
      operations: optional(operationsField()),
      overrides: map(overrideField(), {
        doc: 'Other names and descriptions, by operationId or METHOD /path.',
        default: {},
        keyPattern: /^.{1,256}$/,
        keyExpected: 'an operationId, or a method and a path',
      }),
      timeout: optional(duration({ doc: 'How long one call may take.', ...rangeInSeconds(LIMIT_RANGES.timeoutMs) })),
      concurrency: optional(
        integer({
          doc: 'How many calls of one operation at the same time.',
          min: LIMIT_RANGES.concurrency.min,
          max: 100,
        }),
      ),
      maxOutput: optional(
        integer({ doc: 'Bytes of output in a result.', min: 1024, max: LIMIT_RANGES.maxOutputBytes.max }),
      ),
    },
    { doc: 'The operations of an OpenAPI document as tools.' },
  );
}

function documentField(): Field<DocumentSource> {
  return group<DocumentSource>(
    {
      file: optional(path({ doc: 'The file of the document, JSON or YAML.' })),
      url: optional(
        text({ doc: 'An https URL of it.', maxLength: 2048, pattern: /^https:\/\/[^/]/, expected: 'an https URL' }),
      ),
      sha256: optional(
        text({
          doc: 'The SHA-256 of the document behind url; another document is refused.',
          pattern: /^[0-9a-f]{64}$/,
          expected: '64 hexadecimal digits, as sha256sum prints them',
        }),
      ),
      maxBytes: integer({
        doc: 'Bytes of the document; a larger one is refused.',
        default: 10 * MIB,
        min: 1024,
        max: MAX_DOCUMENT_MIB * MIB,
      }),
    },
    {
      doc: 'The OpenAPI document, 3.0 to 3.2.',
      check({ file, url, sha256 }) {
        if ((file === undefined) === (url === undefined)) {
          return [{ path: [], message: 'must have exactly one of file and url' }];
        }
        if ((url === undefined) === (sha256 === undefined)) return [];
        return [
          url === undefined
            ? { path: ['sha256'], message: 'has no effect with file', suggestion: 'remove it' }
            : { path: ['url'], message: 'needs sha256', suggestion: 'add the digest that sha256sum prints' },
        ];
      },
    },
  );
}

function operationsField(): Field<OperationsDeclaration> {
  const matcher = group<OperationMatcher>(
    {
      method: optional(text({ doc: 'A method.', pattern: METHOD, expected: 'a method such as POST, in capitals' })),
      operationId: optional(text({ doc: 'An operationId; * stands for any characters.', maxLength: 256 })),
      tag: optional(text({ doc: 'A tag.', maxLength: 256 })),
      path: optional(text({ doc: 'A path of the document; * stands for any characters.', maxLength: 1024 })),
    },
    { doc: 'Operations that have all of this.' },
  );
  return group<OperationsDeclaration>(
    {
      include: optional(list(matcher, { doc: 'Which operations are offered. Unset: GET and HEAD.' })),
      exclude: list(matcher, { doc: 'Which of them are not.', default: [] }),
    },
    { doc: 'Which operations become tools.' },
  );
}

function overrideField(): Field<OverrideDeclaration> {
  return group<OverrideDeclaration>(
    {
      name: optional(
        text({
          doc: 'The name behind the key and _.',
          pattern: /^[A-Za-z0-9_-]{1,100}$/,
          expected: 'letters, digits, _ or -',
        }),
      ),
      description: optional(text({ doc: 'What it does, for the model.', maxLength: MAX_DESCRIPTION_LENGTH })),
    },
    { doc: 'What one operation is called.' },
  );
}
