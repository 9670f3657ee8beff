import type { Tool } from '@mcp/tool-base';

/** Whether one of the circuit breakers of a tool is open; a tool for each target has one for each. */
export function hasOpenBreaker(tool: Pick<Tool, 'breakers'> | undefined): boolean {
  return tool !== undefined && [...tool.breakers].some(({ state }) => state === 'open');
}
