import type { ReadHint } from '@mcp/tool-base';

import { EXECUTION_OUTPUT } from '../tools/execution-tool-names.ts';

/** How to read kept output: by the tool, and over HTTP where that is served. */
export function readHintOf(id: string, { overHttp }: { readonly overHttp: boolean }): ReadHint {
  return (stream, offset) => {
    const query = stream === 'stdout' ? '' : `?stream=${stream}`;
    const values = JSON.stringify({ executionId: id, ...(stream !== 'stdout' && { stream }), offset });
    const request = ` or GET /executions/${id}/output${query} with Range: bytes=${offset}-`;
    return `read them with ${EXECUTION_OUTPUT} ${values}${overHttp ? request : ''}`;
  };
}
