import type { Tool } from '@mcp/tool-base';
import type { ConfigVetoError } from '@mcp/config';

/** Tools of the server itself while a tool has jobs; the one for output also where output of calls is kept. */
export const EXECUTION_STATUS = 'execution_status';
export const EXECUTION_OUTPUT = 'execution_output';
export const EXECUTION_CANCEL = 'execution_cancel';

export const EXECUTION_TOOL_NAMES: readonly string[] = [EXECUTION_STATUS, EXECUTION_OUTPUT, EXECUTION_CANCEL];

const UPSTREAM_KEY = 'execution';

/** While the server offers one of them, no other tool may have one of these names, nor an upstream a key that makes one. */
export function reservedNameProblems(
  tools: readonly { readonly tool: Pick<Tool, 'name' | 'job'> }[],
  upstreams: readonly string[],
  isOutputOfCallsKept: boolean,
): ConfigVetoError['problems'] {
  if (!isOutputOfCallsKept && tools.every(({ tool }) => tool.job === undefined)) return [];
  const taken = tools.map(({ tool }) => tool.name).filter((name) => EXECUTION_TOOL_NAMES.includes(name));
  const why =
    'is the name of a tool that the server offers while a tool has jobs or jobs.directory is set; choose another';
  return [
    ...taken.map((name) => ({ path: ['tools', name], message: why })),
    ...upstreams
      .filter((key) => key === UPSTREAM_KEY)
      .map((key) => ({
        path: ['upstreams', key],
        message: `makes names such as ${EXECUTION_STATUS}, and that ${why}`,
      })),
  ];
}
