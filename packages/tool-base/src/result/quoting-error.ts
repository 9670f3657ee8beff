import type { ErrorType } from './error-type.ts';
import { ToolError, type ToolErrorOptions } from './tool-error.ts';

/**
 * An error whose message quotes its own output. Records have the whole message; the content and the structured part of the result,
 * which have the output beside it, only what was said before the quotation, so that each of their readers has every text once.
 */
export class QuotingError extends ToolError {
  readonly said: string;

  constructor(
    type: ErrorType,
    { said, quoted }: { readonly said: string; readonly quoted: string },
    options: ToolErrorOptions,
  ) {
    super(type, `${said}: ${quoted}`, options);
    this.said = said;
  }
}
