/**
 * Progress of calls, delivered in the order in which it arrives. The SDK's client hands notifications on a moment later than answers, so
 * that it loses what came right before an answer; and it checks whole messages.
 */
import { sanitizeText, type Progress } from '@mcp/tool-base';

import type { Members } from './take-apart.ts';

const MAX_MESSAGE_LENGTH = 1024;

export class CallProgress {
  readonly #listeners = new Map<string, (progress: Progress) => void>();
  #last = 0;

  /** @returns a token that no other call of the connection has, until the result is disposed */
  follow(onProgress: (progress: Progress) => void): { readonly token: string } & Disposable {
    this.#last += 1;
    const token = `call-${this.#last}`;
    this.#listeners.set(token, onProgress);
    return { token, [Symbol.dispose]: () => void this.#listeners.delete(token) };
  }

  /** @param params of a notification that nobody has checked */
  take({ progressToken, progress, total, message: text }: Members): void {
    const listener = typeof progressToken === 'string' ? this.#listeners.get(progressToken) : undefined;
    if (typeof progress !== 'number' || !Number.isFinite(progress)) return;
    listener?.({
      progress,
      ...(typeof total === 'number' && Number.isFinite(total) && { total }),
      ...(typeof text === 'string' && { message: sanitizeText(text.slice(0, MAX_MESSAGE_LENGTH)).text }),
    });
  }
}
