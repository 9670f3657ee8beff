import { defineTool, fromJsonSchema, type ToolContext, type ToolDefinition } from '@mcp/tool-base';

/** A run of a held tool, which ends when the test says so. */
export interface HeldRun {
  readonly context: ToolContext;
  end(result: unknown): void;
  fail(error: Error): void;
}

/** @param runs gets each run that begins */
export function heldTool(name: string, mode: 'auto' | 'required', runs: HeldRun[]): ToolDefinition {
  return defineTool({
    name,
    description: 'Works',
    job: { mode },
    limits: { concurrency: 8 },
    input: fromJsonSchema({ type: 'object', properties: { path: { type: 'string' } } }),
    run: (_, context) =>
      new Promise((resolve, reject) => {
        context.signal.addEventListener('abort', () => reject(new Error('aborted')));
        runs.push({ context, end: resolve, fail: reject });
      }),
  });
}
