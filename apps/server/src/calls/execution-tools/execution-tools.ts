/**
 * The tools with which a model follows the jobs that it started, for clients without tasks, and reads output that a result was too
 * small for. They are there while a tool has jobs, and for those who may call such a tool; the one for output is also there for
 * everybody else whose output is kept.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

import { Tool, type ToolOptions, type ToolRegistry } from '@mcp/tool-base';

import type { Principal } from '../../access/principal.ts';
import { EXECUTION_OUTPUT, EXECUTION_TOOL_NAMES } from '../../tools/execution-tool-names.ts';
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
  /** Whether output of calls is kept even while no tool has jobs. */
  readonly hasOutputFolder: () => boolean;
}

const NAMES: ReadonlySet<string> = new Set(EXECUTION_TOOL_NAMES);

export class ExecutionTools implements ToolsForJobs, Disposable {
  readonly #registry: ToolRegistry;
  readonly #calls: () => JobCalls;
  readonly #recorder: ToolOptions['recorder'];
  readonly #hasOutputFolder: () => boolean;
  readonly #caller = new AsyncLocalStorage<Principal>();
  readonly #following: Disposable;
  /** Made when the first of them is wanted: their schemas load a validator, which a start without them does not wait for. */
  #tools: readonly Tool[] = [];

  constructor({ registry, recorder, calls, hasOutputFolder }: ExecutionToolsOptions) {
    this.#registry = registry;
    this.#recorder = recorder;
    this.#hasOutputFolder = hasOutputFolder;
    this.#calls = calls;
    this.#following = registry.onSettled(() => this.#follow());
    this.#follow();
  }

  has(name: string): boolean {
    return NAMES.has(name);
  }

  isOfferedTo(principal: Principal, name: string): boolean {
    const calls = this.#calls();
    return name === EXECUTION_OUTPUT ? calls.isOutputOfferedTo(principal) : calls.isOfferedTo(principal);
  }

  isReplacedByTasks(name: string): boolean {
    return NAMES.has(name) && name !== EXECUTION_OUTPUT;
  }

  run<T>(principal: Principal, run: () => T): T {
    return this.#caller.run(principal, run);
  }

  [Symbol.dispose](): void {
    this.#following[Symbol.dispose]();
  }

  #follow(): void {
    const hasJobs = this.#registry.list().some(({ job }) => job !== undefined);
    const isWanted = (name: string): boolean => hasJobs || (name === EXECUTION_OUTPUT && this.#hasOutputFolder());
    if (this.#tools.length === 0 && EXECUTION_TOOL_NAMES.some(isWanted)) this.#tools = this.#made();
    const changed = this.#tools.filter(({ name }) => (this.#registry.get(name) !== undefined) !== isWanted(name));
    if (changed.length === 0) return;
    this.#registry.batch(() => {
      for (const tool of changed) {
        if (isWanted(tool.name)) this.#registry.add(tool);
        else this.#registry.remove(tool.name);
      }
    });
  }

  #made(): Tool[] {
    const calls = this.#calls;
    const source: ExecutionSource = {
      jobs: () => calls().jobs(),
      find: async (id) => {
        const principal = this.#caller.getStore();
        return principal && calls().find(id, principal);
      },
      cancel: async (id) => (await calls().jobs()).cancel(id, this.#caller.getStore()?.name ?? ''),
    };
    const recorder = this.#recorder;
    return [statusTool(source), outputTool(source), cancelTool(source)].map(
      (definition) => new Tool(definition, { ...(recorder && { recorder }) }),
    );
  }
}
