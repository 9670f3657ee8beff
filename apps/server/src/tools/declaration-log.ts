import { lintCommandTool } from '@mcp/tool-base';

import type { ServerConfig } from '../configuration/server-config.ts';
import { programsOf } from '../configuration/tool-declaration.ts';
import { commandToolSpec } from '../configuration/command-tool-spec.ts';
import type { Logger } from '../observability/log/logger.ts';

/** Logs every lint finding of the declared programs. Errors are not among them: they keep a configuration from loading. */
export function logDeclarationFindings(values: ServerConfig, logger: Pick<Logger, 'warn'>): void {
  for (const [name, declared] of programsOf(values.tools)) {
    for (const { path, message, suggestion } of lintCommandTool(commandToolSpec(name, declared, values))) {
      logger.warn({ key: ['tools', name, ...path].join('.'), finding: message, suggestion }, 'tool.declaration');
    }
  }
}
