import { TOOL_SCOPE_PREFIX } from '../configuration/fields/scope-names.ts';

/** The scope that a tool asks for beside the one to call it, by the name of the tool. */
export type ToolScopes = ReadonlyMap<string, string>;

export function toolScopesOf(tools: Readonly<Record<string, { readonly scope: string | undefined }>>): ToolScopes {
  return new Map(
    Object.entries(tools).flatMap(([name, { scope }]): [string, string][] =>
      scope === undefined ? [] : [[name, `${TOOL_SCOPE_PREFIX}${scope}`]],
    ),
  );
}

/** The tools whose scope is not among these; undefined when there is none. */
export function withheldFrom(scopes: readonly string[], tools: ToolScopes | undefined): ToolScopes | undefined {
  const missing = [...(tools ?? [])].filter(([, scope]) => !scopes.includes(scope));
  return missing.length === 0 ? undefined : new Map(missing);
}
