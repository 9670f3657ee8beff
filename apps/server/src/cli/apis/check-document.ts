/** `mcp-server apis check FILE`: what becomes of each operation of an OpenAPI document. */
import { readFile } from 'node:fs/promises';

import {
  ApiClient,
  DocumentError,
  isUsedByDefault,
  MAX_DOCUMENT_BYTES,
  operationsOf,
  readDocument,
} from '@mcp/openapi-tools';

import { MAX_DOCUMENT_MIB } from '../../configuration/declarations/api-fields.ts';
import { errorCode } from '../../foundation/error-code.ts';
import { StartError } from '../../foundation/start-error.ts';

/** Requests are planned and never sent. */
const NOWHERE = 'https://api.invalid';
/** As much as a configuration may allow. */
const MAX_BYTES = MAX_DOCUMENT_MIB * 1024 * 1024;

/** @throws {StartError} for a file that is no OpenAPI document */
export async function checkDocument(file: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new StartError(`${file} cannot be read (${errorCode(error)}).`);
  }
  try {
    const client = new ApiClient({ baseUrl: NOWHERE });
    const { report, tools, servers } = await operationsOf(readDocument(bytes, MAX_BYTES), {
      client,
      operations: { include: [{}] },
    });
    const lines = report.map(({ operation, outcome, tool = '', reason = '' }) => {
      if (outcome === 'withheld') return `withheld  ${operation}: ${reason}`;
      return `${isUsedByDefault(operation) ? 'offered ' : 'on demand'} ${operation} as KEY_${tool}`;
    });
    const withheld = report.length - tools.length;
    const byDefault = report.filter(({ operation, outcome }) => outcome === 'offered' && isUsedByDefault(operation));
    return [
      ...lines,
      '',
      `${report.length} operations: ${byDefault.length} are offered, ${tools.length - byDefault.length} only where operations.include names them, ${withheld} withheld.`,
      `Addresses in the document, which are not used: ${servers.join(', ') || 'none'}.`,
      ...(bytes.length > MAX_DOCUMENT_BYTES
        ? [`The document has ${bytes.length} bytes: a configuration that names it needs document.maxBytes.`]
        : []),
      '',
    ].join('\n');
  } catch (error) {
    if (error instanceof DocumentError) throw new StartError(`${file}: ${error.message}`);
    throw error;
  }
}
