import { SERVER_ERROR } from '../../../../foundation/json-rpc-codes.ts';

/** The SDK answers with the code and the message. */
export class TooManyInputRequestsError extends Error {
  override readonly name = 'TooManyInputRequestsError';
  readonly code: typeof SERVER_ERROR = SERVER_ERROR;

  constructor() {
    super(
      'resource_exhausted: Too many calls of this caller wait for input from their client. Answer or cancel one of them, then call again.',
    );
  }
}
