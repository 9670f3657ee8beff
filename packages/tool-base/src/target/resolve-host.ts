import { lookup } from 'node:dns/promises';
import { ToolError } from '../result/tool-error.ts';

/** Turns a name into addresses. Rejects when there is none. */
export type Resolver = (host: string, options: { readonly signal?: AbortSignal }) => Promise<readonly string[]>;

const LOOKUP_LIMIT_MS = 5000;

/** `getaddrinfo`, so that hosts files and search rules are those of the programs. */
export const systemResolver: Resolver = async (host) => {
  const answers = await lookup(host, { all: true, verbatim: true });
  return answers.map((answer) => answer.address);
};

const NO_SUCH_NAME: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA', 'EAI_NONAME']);

/**
 * One look-up, for at most 5 s. A name without an address is the caller's error; a resolver that fails is not the tool's, and must not
 * let one caller open the breaker for all, so neither counts as a failure.
 */
export async function resolveHost(
  resolver: Resolver,
  host: string,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const limit = AbortSignal.timeout(LOOKUP_LIMIT_MS);
  const either = signal === undefined ? limit : AbortSignal.any([signal, limit]);
  const answers = await Promise.race([resolver(host, { signal: either }), aborted(either)]).catch((error: unknown) => {
    if (error instanceof ToolError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!NO_SUCH_NAME.has(code)) throw resolverFailed(host, error);
    return [];
  });
  if (answers.length === 0) {
    throw new ToolError('validation_error', `${host} has no address.`, {
      suggestion: 'Check the spelling of the name, or give an address.',
    });
  }
  return answers;
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('The look-up was cancelled.')), { once: true });
  });
}

function resolverFailed(host: string, cause: unknown): ToolError {
  return new ToolError('tool_error', `${host} could not be resolved just now.`, {
    suggestion: 'Try again later, or give an address.',
    cause,
  });
}
