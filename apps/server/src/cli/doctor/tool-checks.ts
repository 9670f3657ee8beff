/** Checks that the programs of the tools exist, and lints the declarations. */
import { lintCommandTool, type Tool } from '@mcp/tool-base';

import type { ServerConfig } from '../../configuration/shape/server-config.ts';
import { commandToolSpec } from '../../configuration/settings/command-tool-spec.ts';
import { programsOf } from '../../configuration/shape/tool-declaration.ts';
import { unmatchedPatterns } from '../../tools/unmatched-patterns.ts';
import { warning, ok, problem, type Finding } from './finding.ts';

export function checkPrograms(tools: readonly Pick<Tool, 'name' | 'available'>[]): Finding[] {
  const findings = tools.flatMap((tool) => {
    const { ok: there, reason } = tool.available();
    if (there) return [];
    return [problem('programs', `${tool.name}: ${reason ?? 'its program is missing'}`, remedyOf(reason))];
  });
  return findings.length > 0 ? findings : [ok('programs', `found for ${tools.length} tools`)];
}

export function checkPatterns(values: Pick<ServerConfig, 'tool' | 'upstreams'>, names: readonly string[]): Finding[] {
  return unmatchedPatterns(values, names).map(({ key, pattern }) =>
    warning('patterns', `${key}: no tool matches ${pattern}.`, 'Correct it, or remove it.'),
  );
}

/** A variable that is passed on and not set is not an error of the program that misses it, but hard to find there. */
export function checkPassedVariables(
  { tools, upstreams }: Pick<ServerConfig, 'tools' | 'upstreams'>,
  env: Readonly<Record<string, string | undefined>>,
): Finding[] {
  const lists = [
    ...programsOf(tools).map(([name, { passEnv }]) => [`tools.${name}.passEnv`, passEnv] as const),
    ...Object.entries(upstreams).map(([name, { passEnv }]) => [`upstreams.${name}.passEnv`, passEnv] as const),
  ];
  return lists.flatMap(([at, names]) => {
    const unset = names.filter((name) => env[name] === undefined);
    if (unset.length === 0) return [];
    const action = 'Set it where the server is started, or remove it; this check has the environment of the doctor.';
    return [warning('passed variables', `${at}: not set here: ${unset.join(', ')}`, action)];
  });
}

function remedyOf(reason = ''): string {
  return /secret/.test(reason)
    ? 'Set the variable, or let the user of the server read the file, or exclude the tool.'
    : 'Install it, or exclude the tool.';
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
    : [ok('declarations', `no findings; declared tools: ${Object.keys(tools).length}`)];
}
