import { INVALID_PARAMS } from '../transports/mcp/protocol/protocol-names.ts';

/** A request that cannot be answered as it stands. The SDK answers with the code and the message of what is thrown. */
export class InvalidParams extends Error {
  override readonly name = 'InvalidParams';
  readonly code: typeof INVALID_PARAMS = INVALID_PARAMS;
}
