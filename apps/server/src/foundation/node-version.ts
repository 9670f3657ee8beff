/** Imports nothing, so that a Node too old to load the rest can still load this. */
const minimum = [22, 18] as const;

/**
 * @param version as in `process.versions.node`
 * @returns why this version is not supported; `undefined` when it is
 */
export function unsupportedNodeMessage(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > minimum[0] || (major === minimum[0] && minor >= minimum[1])) return undefined;
  return `This is Node ${version}; the server needs ${minimum.join('.')} or later.`;
}

/**
 * What to do about it. A clone of the repository has a Node of its own beside the built server.
 *
 * @param script the path of the running script, as in `process.argv[1]`
 */
export function nodeOfClone(script: string): string {
  const clone = /^(.*?)\/?apps\/server\/dist\/main\.js$/.exec(script);
  if (!clone) return 'Install a current one from https://nodejs.org, or beside the server: npm install node@24.';
  return 'In a clone, use the Node it installed: npx -y pnpm@12.21.0 exec mcp-server, with the same arguments.';
}
