/** The SDK answers with the code and the message. */
export class TooManyInputRequestsError extends Error {
  override readonly name = 'TooManyInputRequestsError';
  readonly code = -32_000;

  constructor() {
    super(
      'resource_exhausted: Too many calls of this caller wait for input from their client. Answer or cancel one of them, then call again.',
    );
  }
}
