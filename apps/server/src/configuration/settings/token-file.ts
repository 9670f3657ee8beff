/** A bearer token in a file that the configuration names. */
import { readFile } from 'node:fs/promises';

import { ToolError } from '@mcp/tool-base';

import { errorCode } from '../../foundation/error-code.ts';

/** @throws {ToolError} in words for the operator, without a part of the file: another file may have been named by mistake */
export async function readTokenFile(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new ToolError(
      'unavailable',
      `auth.tokenFile of the upstream names a file that cannot be read (${errorCode(error)}).`,
    );
  });
  const token = text.trim();
  if (/^[!-~]+$/.test(token)) return token;
  throw new ToolError('unavailable', 'auth.tokenFile of the upstream names a file that holds no token in one line.');
}
