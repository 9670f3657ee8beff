import { INVALID_PARAMS } from '../foundation/json-rpc-codes.ts';

/** A request with unusable parameters. The SDK answers with the code and the message of a thrown error. */
export class InvalidParamsError extends Error {
  override readonly name = 'InvalidParamsError';
  readonly code: typeof INVALID_PARAMS = INVALID_PARAMS;
}
