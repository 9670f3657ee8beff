import { ToolError, type ToolContext } from '@mcp/tool-base';

/** The address that was checked against the target policy. Connecting to any other address would skip the check. */
export function addressOf(context: ToolContext): string {
  const address = context.target?.address;
  if (address === undefined) {
    throw new ToolError('internal_error', 'The target has no checked address.');
  }
  return address;
}
