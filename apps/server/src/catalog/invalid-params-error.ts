/** JSON-RPC 2.0: invalid method parameters. */
export const INVALID_PARAMS = -32_602;

/** A request with unusable parameters. The SDK answers with the code and the message of a thrown error. */
export class InvalidParamsError extends Error {
  override readonly name = 'InvalidParamsError';
  readonly code: typeof INVALID_PARAMS = INVALID_PARAMS;
}
