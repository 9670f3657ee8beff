import { registerHooks } from 'node:module';

/**
 * The packages of which a module must get this server's own copy: with another, a `ToolError` it throws would be no
 * `ToolError` here. It also means that a module in a folder without `node_modules` finds them.
 */
const own: ReadonlySet<string> = new Set(['@mcp/tool-base', '@mcp/server']);

let registered = false;

/** From now on an import of these packages, from anywhere in this process, finds the copy that the server itself uses. */
export function shareOwnPackages(): void {
  if (registered) return;
  registered = true;
  registerHooks({
    resolve: (specifier, context, next) =>
      next(specifier, own.has(specifier) ? { ...context, parentURL: import.meta.url } : context),
  });
}
