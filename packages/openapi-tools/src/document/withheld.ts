import { sanitizeText } from '@mcp/tool-base';

const MAX_LENGTH = 300;

/** An operation that cannot be offered as it is described; the message says why, as a sentence for an operator. */
export class WithheldError extends Error {
  override readonly name = 'WithheldError';
}

/** Text of a document as a line of a log or of a terminal. */
export function oneLine(text: string): string {
  const line = sanitizeText(text.slice(0, MAX_LENGTH)).text.replaceAll(/\s+/g, ' ');
  return text.length > MAX_LENGTH ? `${line}…` : line;
}

/** @param reason may hold names of the document: it becomes one line of visible text */
export function withhold(reason: string): never {
  throw new WithheldError(oneLine(reason));
}
