/** The targets of one call: checked as text before the call is admitted, resolved under its deadline. */

import type { ToolContext } from '../declare/tool-definition.ts';
import type { CheckedTarget } from '../target/target-policy.ts';
import type { Tool } from '../tool/tool.ts';

/** Checked targets by parameter name. */
export type Targets = ReadonlyMap<string, CheckedTarget>;

const NO_TARGETS: Targets = new Map();

/** Every target is of its kind and on the allowed list. @throws {ToolError} `validation_error` */
export function checkTargets(tool: Tool, input: unknown): Targets {
  const { targets } = tool.definition;
  if (targets.length === 0) return NO_TARGETS;
  const values = input as Readonly<Record<string, unknown>>;
  const checked = new Map<string, CheckedTarget>();
  for (const target of targets) {
    const text = Object.hasOwn(values, target.parameter) ? values[target.parameter] : undefined;
    if (text === undefined && target.optional === true) continue;
    checked.set(target.parameter, tool.policy.checkText(target.kind, text, target));
  }
  return checked;
}

/** What a breaker of scope `target` is chosen by: the tool's first target; all URLs of one service share a breaker. */
export function breakerKeyOf(targets: Targets): string | undefined {
  const [target] = targets.values();
  return target?.kind === 'url' ? `${target.host}:${target.port}` : target?.text;
}

/** Names resolved, every answer checked, one address pinned, as each target declares. */
export async function resolveTargets(
  tool: Tool,
  targets: Targets,
  { signal, caller }: Pick<ToolContext, 'signal' | 'caller'>,
): Promise<Targets> {
  const resolved = new Map<string, CheckedTarget>();
  for (const parameter of tool.definition.targets) {
    const target = targets.get(parameter.parameter);
    if (target === undefined) continue;
    const { resolve = 'pin' } = parameter;
    resolved.set(parameter.parameter, await tool.policy.resolve(target, { resolve, signal, caller: caller.name }));
  }
  return resolved;
}
