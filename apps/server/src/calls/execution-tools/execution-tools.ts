/**
 * The tools with which a model follows the jobs that it started, for clients whose protocol knows no tasks. They are there while a
 * tool has jobs, and for those who may call such a tool.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

import { Tool, type ToolOptions, type ToolRegistry } from '@mcp/tool-base';

import type { Principal } from '../../access/principal.ts';
import { EXECUTION_TOOL_NAMES } from '../../tools/execution-tool-names.ts';
import type { ToolsForJobs } from '../caller-tools.ts';
import type { JobCalls } from '../job-calls.ts';
import { cancelTool } from './cancel-tool.ts';
import type { ExecutionSource } from './execution-source.ts';
import { outputTool } from './output-tool.ts';
import { statusTool } from './status-tool.ts';

export interface ExecutionToolsOptions {
  readonly registry: ToolRegistry;
  readonly recorder: ToolOptions['recorder'];
  readonly calls: () => JobCalls;
}

const NAMES: ReadonlySet<string> = new Set(EXECUTION_TOOL_NAMES);

export class ExecutionTools implements ToolsForJobs, Disposable {
  readonly #registry: ToolRegistry;
  readonly #calls: () => JobCalls;
  readonly #tools: readonly Tool[];
  readonly #caller = new AsyncLocalStorage<Principal>();
  readonly #following: Disposable;

  constructor({ registry, recorder, calls }: ExecutionToolsOptions) {
    this.#registry = registry;
    this.#calls = calls;
    const source: ExecutionSource = {
      jobs: () => calls().jobs(),
      find: async (id) => {
        const principal = this.#caller.getStore();
        return principal && calls().find(id, principal);
      },
      cancel: async (id) => (await calls().jobs()).cancel(id, this.#caller.getStore()?.name ?? ''),
    };
    this.#tools = [statusTool(source), outputTool(source), cancelTool(source)].map(
      (definition) => new Tool(definition, { ...(recorder && { recorder }) }),
    );
    this.#following = registry.onSettled(() => this.#follow());
    this.#follow();
  }

  has(name: string): boolean {
    return NAMES.has(name);
  }

  isOfferedTo(principal: Principal): boolean {
    return this.#calls().isOfferedTo(principal);
  }

  run<T>(principal: Principal, run: () => T): T {
    return this.#caller.run(principal, run);
  }

  [Symbol.dispose](): void {
    this.#following[Symbol.dispose]();
  }

  #follow(): void {
    const wanted = this.#registry.list().some(({ job }) => job !== undefined);
    const changed = this.#tools.filter(({ name }) => (this.#registry.get(name) !== undefined) !== wanted);
    if (changed.length === 0) return;
    this.#registry.batch(() => {
      for (const tool of changed) if (wanted) this.#registry.add(tool);
      if (!wanted) for (const { name } of changed) this.#registry.remove(name);
    });
  }
}
