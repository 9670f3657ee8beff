import { lintCommandTool } from '@mcp/tool-base';

import type { ServerConfig } from '../configuration/shape/server-config.ts';
import { programsOf } from '../configuration/shape/tool-declaration.ts';
import { commandToolSpec } from '../configuration/settings/command-tool-spec.ts';
import type { Logger } from '../observability/log/logger.ts';

/**
 * Logs the lint findings of the declared programs, each once: many tools often have the same. Errors are not among them: they
 * keep a configuration from loading.
 */
export function logDeclarationFindings(values: ServerConfig, logger: Pick<Logger, 'warn'>): void {
  const found = new Map<string, { finding: string; suggestion: string; keys: string[] }>();
  for (const [name, declared] of programsOf(values.tools)) {
    for (const { path, message, suggestion } of lintCommandTool(commandToolSpec(name, declared, values))) {
      const same = JSON.stringify([message, suggestion]);
      const entry = found.get(same) ?? { finding: message, suggestion, keys: [] };
      entry.keys.push(['tools', name, ...path].join('.'));
      found.set(same, entry);
    }
  }
  for (const { finding, suggestion, keys } of found.values()) {
    const [key, ...others] = keys;
    logger.warn({ key, ...(others.length > 0 && { others: others.length }), finding, suggestion }, 'tool.declaration');
  }
}
