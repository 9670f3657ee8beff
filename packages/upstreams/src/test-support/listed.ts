import { callTool, TargetPolicy, Tool, type Progress, type ToolResult } from '@mcp/tool-base';
import { onTestFinished } from 'vitest';

import { Upstream } from '../upstream.ts';
import type { HttpConnectionOptions } from '../http/origin-client.ts';
import type { UpstreamSettings } from '../upstream-options.ts';
import type { UpstreamChange } from '../upstream-report.ts';

/** An upstream whose list was read once, or whose first reading failed. */
export async function listed(
  url: string,
  options: Partial<UpstreamSettings> & { readonly http?: HttpConnectionOptions } = {},
): Promise<{
  readonly upstream: Upstream;
  readonly changes: UpstreamChange[];
  readonly call: (name: string, args?: Record<string, unknown>, signal?: AbortSignal) => Promise<ToolResult>;
  readonly callWithProgress: (name: string, onProgress: (progress: Progress) => void) => Promise<ToolResult>;
}> {
  const changes: UpstreamChange[] = [];
  const read = Promise.withResolvers<void>();
  const upstream = new Upstream({ key: 'up', http: { url }, ...options }, (change) => {
    changes.push(change);
    if (change.type !== 'state' || change.to === 'failed') read.resolve();
  });
  onTestFinished(() => upstream[Symbol.asyncDispose]());
  upstream.start();
  await read.promise;
  const made = new Map<string, Tool>();
  const toolOf = (name: string): Tool | undefined => {
    const definition = upstream.tools.find((each) => each.name === name);
    if (definition !== undefined && made.get(name)?.definition !== definition)
      made.set(name, new Tool(definition, { policy: new TargetPolicy({ allowed: ['10.0.0.0/8'] }) }));
    return made.get(name);
  };
  const caller = { name: 'test' };
  return {
    upstream,
    changes,
    call: (name, args = {}, signal) => callTool(toolOf(name), { arguments: args, caller, signal }),
    callWithProgress: (name, onProgress) => callTool(toolOf(name), { arguments: {}, caller, onProgress }),
  };
}
