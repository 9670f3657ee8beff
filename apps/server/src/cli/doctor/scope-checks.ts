/** Checks that the scopes of tools and of keys meet. */
import { configuredCallers } from '../../access/access-control.ts';
import { toolScopesOf } from '../../access/tool-scopes.ts';
import { TOOL_SCOPE_PREFIX } from '../../configuration/fields/scope-names.ts';
import type { ServerConfig } from '../../configuration/shape/server-config.ts';
import { ok, warning, type Finding } from './finding.ts';

/** Nothing where no tool asks for approval. */
export function checkApprovers(values: ServerConfig): Finding[] {
  const tools = Object.entries(values.tools).flatMap(([name, { confirm }]) => (confirm === 'operator' ? [name] : []));
  if (tools.length === 0) return [];
  const approvers = configuredCallers(values).filter(({ scopes }) => scopes.includes('approvals'));
  const names = approvers.map(({ name }) => name);
  if (names.length > 0) return [ok('approvals', `${names.join(', ')} may approve calls of ${tools.join(', ')}`)];
  return [
    warning(
      'approvals',
      `No key of the configuration may approve calls of ${tools.join(', ')}.`,
      'Give operators a key each with the scope approvals: mcp-server keys add NAME --scope tools:read --scope approvals',
    ),
  ];
}

/** Nothing where neither a tool nor a key has such a scope. */
export function checkToolScopes(values: ServerConfig): Finding[] {
  const wanted = new Set(toolScopesOf(values.tools).values());
  const held = configuredCallers(values).flatMap(({ name, scopes }) =>
    scopes.filter((scope) => scope.startsWith(TOOL_SCOPE_PREFIX)).map((scope) => ({ name, scope })),
  );
  const unknown = held.filter(({ scope }) => !wanted.has(scope));
  const findings = unknown.map(({ name, scope }) =>
    warning('tool scopes', `The key ${name} has ${scope}, which no tool asks for.`, 'Correct it, or remove it.'),
  );
  if (findings.length > 0 || wanted.size === 0) return findings;
  return [ok('tool scopes', `callers need ${[...wanted].join(', ')} for some tools`)];
}
