import type { Tool, ToolError, ToolRegistry } from '@mcp/tool-base';

import { mayCall, maySee, type Principal } from '../access/principal.ts';
import { notAllowed, unknownTool } from './rejections.ts';
import type { ToolCallRequest } from './tool-call-request.ts';
import type { ToolSearch } from './tool-search/tool-search.ts';

/** Tools of the server for jobs and kept output. */
export interface ToolsForJobs {
  has(name: string): boolean;
  isOfferedTo(principal: Principal, name: string): boolean;
  /** Whether a client whose protocol has tasks can do the same without the tool. */
  isReplacedByTasks(name: string): boolean;
  /** Runs one of them for a caller. */
  run<T>(principal: Principal, run: () => T): T;
}

export interface CallerToolsOptions {
  readonly registry: ToolRegistry;
  /** Where the configuration has tool search. */
  readonly search?: ToolSearch | undefined;
  /** Where tools can have jobs. */
  readonly executions?: ToolsForJobs | undefined;
}

type NamedCall = Pick<ToolCallRequest, 'name' | 'arguments'>;

/** Which tools a caller sees and may call: those of the configuration by its scopes, those of the server by what they are for. */
export class CallerTools {
  readonly #options: CallerToolsOptions;

  constructor(options: CallerToolsOptions) {
    this.#options = options;
  }

  /** The enabled tools that this caller may see, in the registry's order. */
  list(principal: Principal): Tool[] {
    const { registry, executions } = this.#options;
    return registry
      .list({ enabledOnly: true })
      .filter(({ name }) =>
        executions?.has(name) === true ? executions.isOfferedTo(principal, name) : maySee(principal, name),
      );
  }

  /**
   * The tools of a list: with tool search, not all that the caller may see and call.
   *
   * @param hasTasks the protocol of the client has tasks, so it needs no tools to follow or end a job
   */
  listed(principal: Principal, { hasTasks }: { readonly hasTasks: boolean }): readonly Tool[] {
    const { search, executions } = this.#options;
    const all = this.list(principal);
    const visible = hasTasks && executions ? all.filter(({ name }) => !executions.isReplacedByTasks(name)) : all;
    return search === undefined ? visible : search.listed(visible.filter(({ name }) => !search.has(name)));
  }

  /** Whoever sees a tool may search, whoever may start a job may follow it. */
  mayCall(principal: Principal, name: string): boolean {
    const { search, executions } = this.#options;
    if (search?.has(name) === true) return this.list(principal).length > 0;
    return executions?.has(name) === true ? executions.isOfferedTo(principal, name) : mayCall(principal, name);
  }

  /** The tool of this name, or why the caller may not call it. */
  admit(principal: Principal, name: string): Tool | ToolError {
    const tool = this.#options.registry.get(name);
    if (tool === undefined) return unknownTool();
    return this.mayCall(principal, name) ? tool : notAllowed(tool, principal);
  }

  /** The call that is meant: where it is of `call_tool`, that of the tool which its arguments name. */
  meant(call: NamedCall): NamedCall {
    const { search, registry } = this.#options;
    const redirected = search?.redirect(call.name, call.arguments);
    return redirected !== undefined && registry.get(redirected.name) !== undefined ? redirected : call;
  }

  /** Search tools read what their caller may see, execution tools what it started. */
  run<T>(tool: Tool, principal: Principal, run: () => T): T {
    const { search, executions, registry } = this.#options;
    if (executions?.has(tool.name) === true) return executions.run(principal, run);
    if (search?.has(tool.name) !== true) return run();
    const tools = this.list(principal).filter(({ name }) => !search.has(name));
    return search.run({ tools, scopes: principal.scopes.join(' '), version: registry.version }, run);
  }
}
