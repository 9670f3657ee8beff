/** An operation that cannot be offered as it is described; the message says why, as a sentence for an operator. */
export class WithheldError extends Error {
  override readonly name = 'WithheldError';
}

export function withhold(reason: string): never {
  throw new WithheldError(reason);
}
