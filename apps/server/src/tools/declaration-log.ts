import { lintCommandTool } from '@mcp/tool-base';

import type { ServerConfig } from '../configuration/server-config.ts';
import { commandToolSpec } from '../configuration/command-tool-spec.ts';
import type { Logger } from '../observability/log/logger.ts';

/** A line for each thing that the lint says of a declared program. Errors are not among them: with those nothing loads. */
export function logDeclarationFindings({ tools, security }: ServerConfig, logger: Pick<Logger, 'warn'>): void {
  for (const [name, declared] of Object.entries(tools)) {
    for (const { path, message, suggestion } of lintCommandTool(
      commandToolSpec(name, declared, security.maxArgsLength),
    )) {
      logger.warn({ key: ['tools', name, ...path].join('.'), finding: message, suggestion }, 'tool.declaration');
    }
  }
}
