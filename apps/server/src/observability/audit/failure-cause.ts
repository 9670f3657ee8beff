import { StartError } from '../../foundation/start-error.ts';

/** A text of this server, or a code or fixed text of the driver; never the driver's message, which may name hosts, users or files. */
export function failureCause(error: unknown): string {
  if (error instanceof StartError) return error.message;
  const { errstr, code, message } = (error ?? {}) as { errstr?: unknown; code?: unknown; message?: unknown };
  if (typeof errstr === 'string') return errstr;
  if (typeof code === 'string') return code;
  return typeof message === 'string' && message.includes('timeout') ? 'timeout' : 'failed';
}
