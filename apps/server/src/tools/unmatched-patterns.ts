import { globMatches } from '../access/glob.ts';
import { PRESET_NAMES } from '../configuration/fields/preset-names.ts';
import type { ServerConfig } from '../configuration/shape/server-config.ts';
import type { Logger } from '../observability/log/logger.ts';
import type { ToolPlan } from './toolset.ts';

export interface UnmatchedPattern {
  readonly key: 'tool.includePatterns' | 'tool.excludePatterns';
  readonly pattern: string;
}

/**
 * Patterns that match no tool, so that a misspelled one excludes nothing or includes nothing.
 *
 * @param names of all tools but those of upstreams, which are known later; a pattern that could match one is left out, and so
 * is one of a preset whose program is not installed
 */
export function unmatchedPatterns(
  { tool, upstreams }: Pick<ServerConfig, 'tool' | 'upstreams'>,
  names: readonly string[],
): readonly UnmatchedPattern[] {
  const known = [...names, ...PRESET_NAMES];
  const prefixes = Object.keys(upstreams).map((key) => `${key}_`);
  const mayMatchUpstream = (pattern: string): boolean => {
    const [literal = ''] = pattern.split(/[*?]/u);
    return prefixes.some((prefix) => literal.startsWith(prefix) || (literal !== pattern && prefix.startsWith(literal)));
  };
  const unmatched = (key: UnmatchedPattern['key'], patterns: readonly string[]): UnmatchedPattern[] =>
    patterns
      .filter((pattern) => !known.some((name) => globMatches(pattern, name)) && !mayMatchUpstream(pattern))
      .map((pattern) => ({ key, pattern }));
  return [
    ...unmatched('tool.includePatterns', tool.includePatterns),
    ...unmatched('tool.excludePatterns', tool.excludePatterns),
  ];
}

export function logUnmatchedPatterns(
  values: Pick<ServerConfig, 'tool' | 'upstreams'>,
  { tools }: Pick<ToolPlan, 'tools'>,
  logger: Pick<Logger, 'warn'>,
): void {
  const names = tools.map(({ tool }) => tool.name);
  for (const unmatched of unmatchedPatterns(values, names)) logger.warn({ ...unmatched }, 'tool.pattern_unmatched');
}
