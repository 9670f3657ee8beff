import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';

import { InvalidParamsError } from '../../../../catalog/invalid-params-error.ts';
import type { RequestContext } from '../connection/request-context.ts';

export const NOT_AFFECTED =
  'The store of jobs does not answer. The job is not affected; send the request again in a few seconds.';
export const NOT_KNOWN =
  'The store of jobs does not answer, so it is not known whether the job was started. See whether it had an effect before you call again.';

/**
 * What the store throws is for the log alone; the SDK would answer with its message.
 *
 * @param message for the client
 * @throws {ProtocolError} -32603 with the message; errors of the protocol as they are
 */
export async function withJobStore<T>(
  { dependencies }: Pick<RequestContext, 'dependencies'>,
  message: string,
  use: () => Promise<T>,
): Promise<T> {
  try {
    return await use();
  } catch (error) {
    if (error instanceof ProtocolError || error instanceof InvalidParamsError) throw error;
    dependencies.onError(error instanceof Error ? error : new Error(String(error)));
    throw new ProtocolError(ProtocolErrorCode.InternalError, message);
  }
}
