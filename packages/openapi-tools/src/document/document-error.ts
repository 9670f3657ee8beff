/** A document that cannot be used as a whole; the message says why, and what to do. */
export class DocumentError extends Error {
  override readonly name = 'DocumentError';
}
