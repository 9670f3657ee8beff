import { ToolError, type ToolContext } from '@mcp/tool-base';

/** The one address that was checked against the target policy. Connecting to anything else would skip the check. */
export function addressOf(context: ToolContext): string {
  const address = context.target?.address;
  if (address === undefined) {
    throw new ToolError('internal_error', 'The target reached this tool without a checked address.');
  }
  return address;
}
