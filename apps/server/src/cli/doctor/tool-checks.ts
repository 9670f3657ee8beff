/** Checks that the programs of the tools exist, and lints the declarations. */
import { lintCommandTool, type Tool } from '@mcp/tool-base';

import type { ServerConfig } from '../../configuration/server-config.ts';
import { commandToolSpec } from '../../configuration/command-tool-spec.ts';
import { programsOf } from '../../configuration/tool-declaration.ts';
import { warning, ok, problem, type Finding } from './finding.ts';

export function checkPrograms(tools: readonly Pick<Tool, 'name' | 'available'>[]): Finding[] {
  const findings = tools.flatMap((tool) => {
    const { ok: there, reason } = tool.available();
    if (there) return [];
    return [
      problem('programs', `${tool.name}: ${reason ?? 'its program is missing'}`, 'Install it, or exclude the tool.'),
    ];
  });
  return findings.length > 0 ? findings : [ok('programs', `found for ${tools.length} tools`)];
}

export function checkDeclarations(values: ServerConfig): Finding[] {
  const { tools } = values;
  const findings = programsOf(tools).flatMap(([name, declared]) =>
    lintCommandTool(commandToolSpec(name, declared, values)).map(({ severity, path, message, suggestion }) =>
      (severity === 'error' ? problem : warning)(
        'declarations',
        `${['tools', name, ...path].join('.')}: ${message}`,
        suggestion,
      ),
    ),
  );
  return findings.length > 0
    ? findings
    : [ok('declarations', `no findings in ${Object.keys(tools).length} declared tools`)];
}
