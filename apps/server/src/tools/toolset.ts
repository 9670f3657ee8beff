/**
 * The tools of this server, built from a configuration snapshot:
 *
 *   built-in + presets + declared in YAML + HTTP requests + modules -> one Tool each -> include/exclude -> the registry
 *
 * `plan` builds and checks everything and changes nothing, so that an invalid configuration is rejected while the current one
 * stays in effect. `apply` then replaces tool by tool. A tool whose settings did not change keeps its instance, and with it its
 * breaker, queue and statistics; running calls of a replaced or removed tool end on the old definition.
 */
import { ConfigVetoError } from '@mcp/config';
import {
  defineCommandTool,
  TargetPolicy,
  Tool,
  ToolDefinitionError,
  ToolRegistry,
  type CallRecorder,
  type Launcher,
  type SandboxRequest,
  type ToolDefinition,
  type ToolOptions,
} from '@mcp/tool-base';

import { globMatches } from '../access/glob.ts';
import { commandToolSpec } from '../configuration/settings/command-tool-spec.ts';
import { isOutputOfCallsKept } from '../configuration/sections/jobs-section.ts';
import type { ServerConfig } from '../configuration/shape/server-config.ts';
import { sandboxedTool, sandboxRequest } from '../configuration/settings/sandbox-request.ts';
import { programsOf } from '../configuration/shape/tool-declaration.ts';
import { toolSettings } from '../configuration/settings/tool-settings.ts';
import { builtInTools } from './builtin/index.ts';
import { clampToCeilings } from './clamp-to-ceilings.ts';
import { reservedNameProblems } from './execution-tool-names.ts';
import { OfferedTools, type Offering } from './offered-tools.ts';
import { offeredPresets } from './preset.ts';
import type { RestTools } from './rest/rest-tools.ts';

export interface ToolsetDependencies {
  readonly launcher: Launcher;
  readonly recorder: CallRecorder;
  /** Tools of the operator's modules, loaded once at start. */
  readonly moduleTools?: readonly ToolDefinition[];
  /** Tools that send HTTP requests, where the configuration was prepared for them. */
  readonly restTools?: RestTools;
  /** Where workers share the concurrency limits. */
  readonly slots?: ToolOptions['slots'];
}

/** The tools of a configuration that is not applied yet. */
export interface ToolPlan {
  readonly tools: readonly PlannedTool[];
  readonly offering: Offering;
}

interface PlannedTool {
  readonly tool: Tool;
  /** Equal for two plans when the tool and its settings are the same. */
  readonly fingerprint: string;
  readonly excluded: boolean;
}

interface SharedOptions {
  readonly tool: ToolOptions;
  readonly fingerprint: unknown;
}

type Problem = ConfigVetoError['problems'][number];

/** Why a tool cannot be enabled at run time: the configuration excludes it, or its upstream changed it and nobody approved that. */
export type SwitchResult = 'done' | 'excluded' | 'pending';

export class Toolset {
  readonly registry: ToolRegistry = new ToolRegistry();
  readonly #dependencies: ToolsetDependencies;
  #current = new Map<string, PlannedTool>();
  /** Tools switched by operators at run time; kept over reloads. */
  readonly #switches = new Map<string, boolean>();
  readonly #offered: OfferedTools;

  constructor(dependencies: ToolsetDependencies) {
    this.#dependencies = dependencies;
    this.#offered = new OfferedTools({
      registry: this.registry,
      isSwitchedOn: (name) => this.#switches.get(name) ?? true,
    });
  }

  /** @throws {ConfigVetoError} that lists every tool that cannot work, and why */
  plan(values: ServerConfig): ToolPlan {
    const problems: Problem[] = [];
    const options = this.#sharedOptions(values, problems);
    const tools = new Map<string, PlannedTool>();
    const add = (path: readonly string[], made: () => { definition: ToolDefinition; fingerprint: unknown }): void => {
      try {
        const { definition, fingerprint } = made();
        if (tools.has(definition.name)) {
          problems.push({ path: [...path], message: `There is another tool named ${definition.name}.` });
          return;
        }
        tools.set(definition.name, {
          tool: new Tool(definition, options.tool),
          fingerprint: JSON.stringify([fingerprint, options.fingerprint]),
          excluded: isExcluded(values.tool, definition.name),
        });
      } catch (error) {
        if (!(error instanceof ToolDefinitionError)) throw error;
        for (const message of error.problems) problems.push({ path: [...path], message: `${error.tool}: ${message}` });
      }
    };
    const { ceilings = {} } = options.tool;
    const shared = [values.security.maxArgsLength, values.tool.defaultResources, values.security.maxResources];
    for (const builtIn of builtInTools)
      add(['tools'], () => ({ definition: clampToCeilings(ceilings, builtIn), fingerprint: 'built-in' }));
    for (const preset of offeredPresets(values))
      add(['presets'], () => ({
        definition: clampToCeilings(ceilings, preset),
        fingerprint: ['preset', shared, values.sandbox],
      }));
    for (const [name, declared] of programsOf(values.tools)) {
      add(['tools', name], () => ({
        definition: defineCommandTool({
          ...commandToolSpec(name, declared, values),
          sandbox: sandboxRequest(values, sandboxedTool(declared)),
        }),
        fingerprint: [declared, shared, values.sandbox],
      }));
    }
    for (const rest of this.#dependencies.restTools?.of(values) ?? []) add(rest.path, () => rest);
    for (const definition of this.#dependencies.moduleTools ?? []) {
      add(['modules'], () => ({ definition, fingerprint: 'module' }));
    }
    for (const key of Object.keys(values.upstreams)) {
      const local = [...tools.keys()].find((name) => name.startsWith(`${key}_`));
      if (local === undefined) continue;
      problems.push({
        path: ['upstreams', key],
        message: `is not a key for an upstream here, because the tool ${local} begins with ${key}_; choose another key`,
      });
    }
    const keys = Object.keys(values.upstreams);
    problems.push(...reservedNameProblems([...tools.values()], keys, isOutputOfCallsKept(values)));
    if (problems.length > 0) throw new ConfigVetoError(problems);
    return { tools: [...tools.values()], offering: offeringOf(values, options) };
  }

  /** One change for whoever watches the registry. */
  apply(plan: ToolPlan): void {
    this.registry.batch(() => this.#apply(plan));
  }

  #apply(plan: ToolPlan): void {
    const next = new Map(plan.tools.map((planned) => [planned.tool.name, planned]));
    for (const name of this.#current.keys()) if (!next.has(name)) this.registry.remove(name);
    for (const [name, planned] of next) {
      const current = this.#current.get(name);
      if (current?.fingerprint === planned.fingerprint) {
        next.set(name, { ...planned, tool: current.tool });
      } else if (current) {
        this.registry.replace(name, planned.tool);
      } else {
        planned.tool.enabled = this.#isEnabled(planned);
        this.registry.add(planned.tool);
      }
      if (this.#isEnabled(planned)) this.registry.enable(name);
      else this.registry.disable(name);
    }
    this.#current = next;
    this.#offered.configure(plan.offering);
  }

  /** Puts the tools of an upstream in place of those that it offered before, as one change. */
  offer(owner: string, definitions: readonly ToolDefinition[], pending: readonly ToolDefinition[] = []): void {
    this.#offered.offer(owner, definitions, pending);
  }

  /** @returns `excluded` when the configuration excludes the tool, which cannot be changed at run time */
  switch(name: string, enabled: boolean): SwitchResult {
    if (enabled && this.isExcluded(name)) return 'excluded';
    if (enabled && this.#offered.isPending(name)) return 'pending';
    this.#switches.set(name, enabled);
    if (enabled && !this.#offered.isOff(name)) this.registry.enable(name);
    else this.registry.disable(name);
    return 'done';
  }

  /** Enables the tools of an upstream that are not switched off one by one, or disables all of them. */
  switchOwner(owner: string, enabled: boolean): void {
    this.#offered.switchOwner(owner, enabled);
  }

  /** Whether the configuration excludes the tool, so that it cannot be enabled at run time. */
  isExcluded(name: string): boolean {
    return this.#current.get(name)?.excluded ?? this.#offered.isExcluded(name);
  }

  /** Of every tool that is offered and runs programs. */
  get sandboxes(): readonly SandboxRequest[] {
    return [...this.#current.values()].flatMap(({ tool, excluded }) =>
      excluded || tool.definition.sandbox === undefined ? [] : [tool.definition.sandbox],
    );
  }

  #isEnabled({ tool, excluded }: PlannedTool): boolean {
    return !excluded && (this.#switches.get(tool.name) ?? true);
  }

  #sharedOptions(values: ServerConfig, problems: Problem[]): SharedOptions {
    const { security } = values;
    const settings = toolSettings(values);
    const targets = { allowed: [...security.allowedTargets], denied: [...security.deniedTargets] };
    return {
      tool: {
        ...settings,
        policy: policyOf(targets, problems),
        launcher: this.#dependencies.launcher,
        recorder: this.#dependencies.recorder,
        slots: this.#dependencies.slots,
      },
      fingerprint: [settings, targets],
    };
  }
}

function offeringOf(values: ServerConfig, { tool, fingerprint }: SharedOptions): Offering {
  return {
    isExcluded: (name) => isExcluded(values.tool, name),
    make: (definition) => new Tool(clampToCeilings(tool.ceilings ?? {}, definition), tool),
    fingerprint: JSON.stringify(fingerprint),
  };
}

function policyOf(targets: { allowed: string[]; denied: string[] }, problems: Problem[]): TargetPolicy {
  try {
    return new TargetPolicy(targets);
  } catch (error) {
    problems.push({
      path: ['security', 'allowedTargets'],
      message: error instanceof Error ? error.message : 'The list of targets cannot be used.',
    });
    return new TargetPolicy({ allowed: [] });
  }
}

function isExcluded({ includePatterns, excludePatterns }: ServerConfig['tool'], name: string): boolean {
  const matches = (pattern: string): boolean => globMatches(pattern, name);
  return excludePatterns.some(matches) || !includePatterns.some(matches);
}
