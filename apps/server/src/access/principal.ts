import { SCOPE_PATTERN, SCOPES } from '../configuration/fields/scope-names.ts';
import { globMatches } from './glob.ts';

/**
 * Who a request is authenticated as, and what it may do. `name` is unique over all kinds of credential: the name of the API
 * key, or `jwt:<subject>` for a token. Rate limits, sessions and the audit log use it.
 */
export interface Principal {
  readonly name: string;
  readonly scopes: readonly string[];
  /** Of the API key in use; absent for tokens and where there is no credential. */
  readonly keyName?: string;
  /** The tools whose `scope` it lacks, each with that scope. @default none */
  readonly withheld?: ReadonlyMap<string, string> | undefined;
}

export type Scope = (typeof SCOPES)[number];

const CALL_PREFIX = 'tools:call:';

export function isScope(text: string): boolean {
  return SCOPE_PATTERN.test(text);
}

/** Whether the principal has the scope of a route. For `tools:call` a narrowed scope is enough; {@link mayCall} then checks the tool. */
export function hasScope(principal: Principal, scope: Scope): boolean {
  return principal.scopes.some((held) => held === scope || (scope === 'tools:call' && held.startsWith(CALL_PREFIX)));
}

export function mayCall(principal: Principal, tool: string): boolean {
  if (principal.withheld?.has(tool) === true) return false;
  return principal.scopes.some(
    (held) =>
      held === 'tools:call' || (held.startsWith(CALL_PREFIX) && globMatches(held.slice(CALL_PREFIX.length), tool)),
  );
}

/** The narrowest scope with which a principal that may not call the tool could. */
export function scopeToCall({ withheld }: Principal, tool: string): string {
  return withheld?.get(tool) ?? `${CALL_PREFIX}${tool}`;
}

/**
 * Whether lists show the tool. A principal that may call some tools sees those; one that may only read or administer sees
 * all.
 */
export function maySee(principal: Principal, tool: string): boolean {
  if (mayCall(principal, tool) || hasScope(principal, 'admin')) return true;
  return hasScope(principal, 'tools:read') && !hasScope(principal, 'tools:call');
}

/** Whether there is no tool, present or future, that {@link maySee} would hide. */
export function maySeeEveryTool(principal: Principal): boolean {
  const callsAll = principal.scopes.some((held) => held === 'tools:call' || held === `${CALL_PREFIX}*`);
  return (
    (callsAll && (principal.withheld?.size ?? 0) === 0) ||
    hasScope(principal, 'admin') ||
    (hasScope(principal, 'tools:read') && !hasScope(principal, 'tools:call'))
  );
}

/** Events and records of a call are visible to principals that may see its tool, and to its caller. */
export function mayKnowOfCall(principal: Principal, { caller, tool }: { caller: string; tool: string }): boolean {
  return caller === principal.name || maySee(principal, tool);
}

/** The caller over stdio, over HTTP with `security.auth: none`, and of `mcp-server call` without a running server. */
export function localPrincipal(name: 'stdio' | 'anonymous' | 'cli'): Principal {
  return { name, scopes: SCOPES };
}
