import type { ServerContext } from '@modelcontextprotocol/server';

import { IDEMPOTENCY_KEY } from '../../../../calls/job-calls.ts';
import { InvalidParamsError } from '../../../../catalog/invalid-params-error.ts';

const IDEMPOTENCY_META_KEY = 'mcp-server/idempotency-key';

/** @throws {InvalidParamsError} for a key that cannot be one */
export function idempotencyKeyOf({ mcpReq }: ServerContext): string | undefined {
  const key: unknown = mcpReq._meta?.[IDEMPOTENCY_META_KEY];
  if (key === undefined) return undefined;
  if (typeof key === 'string' && IDEMPOTENCY_KEY.test(key)) return key;
  throw new InvalidParamsError(
    `_meta["${IDEMPOTENCY_META_KEY}"] must be 1 to 128 visible ASCII characters. Use a random UUID for each call, and the same one when you repeat it.`,
  );
}

/**
 * A key that had no effect would let the client believe that it may repeat its call.
 *
 * @throws {InvalidParamsError} for a key
 */
export function refuseIdempotencyKey({ mcpReq }: ServerContext): void {
  if (mcpReq._meta?.[IDEMPOTENCY_META_KEY] === undefined) return;
  throw new InvalidParamsError(
    `This tool takes no _meta["${IDEMPOTENCY_META_KEY}"]: its runs are not kept. Leave it out, or ask the operator to set job: auto for this tool.`,
  );
}
