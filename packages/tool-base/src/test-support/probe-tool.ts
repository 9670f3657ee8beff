import * as v from 'valibot';
import type { Clock } from '../clock.ts';
import { callTool, defineTool, Tool } from '../index.ts';
import type { CallRequest, ToolContext, ToolOptions, ToolResult, ToolSpec } from '../index.ts';

export type Run = (input: Record<string, unknown>, context: ToolContext) => unknown;

const anything = v.record(v.string(), v.unknown());
const inputJsonSchema = { type: 'object', additionalProperties: true };

/** A function tool that takes any arguments. */
export function makeTool(run: Run, spec: Partial<ToolSpec<typeof anything>> = {}, options: ToolOptions = {}): Tool {
  return new Tool(
    defineTool({ name: 'probe', description: 'Probes', input: anything, inputJsonSchema, ...spec, run }),
    options,
  );
}

export function call(tool: Tool | undefined, request: Partial<CallRequest> = {}): Promise<ToolResult> {
  return callTool(tool, { caller: { name: 'ana' }, ...request });
}

export function never(): Promise<never> {
  return new Promise(() => undefined);
}

/** Resolves after `ms` on a clock. */
export function after(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.setTimer(ms, resolve);
  });
}
