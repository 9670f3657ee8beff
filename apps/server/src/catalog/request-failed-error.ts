import { INTERNAL_ERROR } from '../foundation/json-rpc-codes.ts';

/** Another server did not answer as it should have. The SDK answers with the code and the message of a thrown error. */
export class RequestFailedError extends Error {
  override readonly name = 'RequestFailedError';
  readonly code: typeof INTERNAL_ERROR = INTERNAL_ERROR;
}
