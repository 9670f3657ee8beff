import { registerHooks } from 'node:module';

/**
 * Packages that modules must share with the server: a `ToolError` of another copy would not be an instance of the server's class.
 * It also lets a module in a folder without `node_modules` import them.
 */
const sharedPackages: ReadonlySet<string> = new Set(['@mcp/tool-base', '@mcp/server']);

let registered = false;

/** From now on every import of these packages in this process resolves to the server's copy. */
export function sharePackages(): void {
  if (registered) return;
  registered = true;
  registerHooks({
    resolve: (specifier, context, next) =>
      next(specifier, sharedPackages.has(specifier) ? { ...context, parentURL: import.meta.url } : context),
  });
}
