/**
 * What a client gets of an error that was thrown while a tool was called, or a prompt, a resource or a completion was made. The SDK would send the
 * message of any error: one of a module may hold a path, a host or a secret.
 */
import { randomUUID } from 'node:crypto';

import { errorText, sanitizeText, ToolError } from '@mcp/tool-base';
import { ProtocolError } from '@modelcontextprotocol/server';

import { InvalidParamsError } from '../../../../catalog/invalid-params-error.ts';
import { RequestFailedError } from '../../../../catalog/request-failed-error.ts';
import { TooManyInputRequestsError } from '../connection/too-many-input-requests-error.ts';
import { StoreUnavailableError } from '../../../../jobs/store-failures.ts';

const FOR_CLIENTS = [ProtocolError, InvalidParamsError, RequestFailedError, TooManyInputRequestsError] as const;

/**
 * Runs a handler. Errors that are meant for clients pass, a {@link ToolError} with its message and suggestion; its cause, and
 * the message of any other, go to `onFailure` alone.
 *
 * @throws {ProtocolError | InvalidParamsError | RequestFailedError}
 */
export async function withClientErrors<T>(onFailure: (error: Error) => void, handle: () => T | Promise<T>): Promise<T> {
  try {
    return await handle();
  } catch (error) {
    throw clientError(error, onFailure);
  }
}

function clientError(error: unknown, onFailure: (error: Error) => void): Error {
  try {
    const known = knownError(error, onFailure);
    if (known) return known;
  } catch {
    // A proxy, which throws where it is looked at.
  }
  const correlationId = randomUUID();
  onFailure(failed(correlationId, error));
  return new RequestFailedError(
    `The request failed with an unexpected error. Ask the operator, who finds the cause by the correlation id. Correlation id: ${correlationId}.`,
  );
}

/** The error for a client of one that is meant for it. */
function knownError(error: unknown, onFailure: (error: Error) => void): Error | undefined {
  if (FOR_CLIENTS.some((type) => error instanceof type)) return error as Error;
  if (error instanceof ToolError) {
    const { type, message, suggestion, cause } = error;
    const correlationId = randomUUID();
    if (cause !== undefined) onFailure(failed(correlationId, cause));
    return new RequestFailedError(sanitizeText(errorText({ type, message, suggestion, correlationId })).text);
  }
  if (error instanceof StoreUnavailableError) {
    return new RequestFailedError('The store of jobs does not answer. Try again in a few seconds.');
  }
  return undefined;
}

function failed(correlationId: string, cause: unknown): Error {
  return new Error(`A request failed (correlation id ${correlationId}).`, { cause });
}
