/**
 * Copies templates/hello-package to packages/NAME under its new name. templates/README.md describes the skeleton.
 *
 *   npx -y pnpm@12.21.0 exec node scripts/new-package.ts rate-limiter "Limits how often a caller may call."
 */
import { cpSync, existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const templateFolder = resolve(import.meta.dirname, '../templates/hello-package');
const allowedName = /^[a-z](?:-?[a-z0-9])*$/u;

/**
 * @returns the new folder
 * @throws {Error} when the name is not allowed or taken, or the description cannot be inserted into the files
 */
export function createPackage(root: string, name: string, description: string): string {
  if (!allowedName.test(name)) {
    throw new Error(`"${name}" is not a package name: use lower-case words joined by hyphens, such as rate-limiter`);
  }
  if (!/^[^"\\*\n]+$/u.test(description)) {
    throw new Error(
      'the description is one sentence in plain words, without quotation marks, backslashes or asterisks',
    );
  }
  const folder = join(root, 'packages', name);
  if (existsSync(folder)) throw new Error(`packages/${name} exists already`);
  cpSync(templateFolder, folder, { recursive: true, filter: (path) => !/[\\/](?:dist|node_modules)$/u.test(path) });
  for (const file of globSync('{package.json,README.md,vitest.config.ts,src/index.ts}', { cwd: folder })) {
    const path = join(folder, file);
    const text = readFileSync(path, 'utf8');
    writeFileSync(
      path,
      text
        .replaceAll('@mcp/hello', `@mcp/${name}`)
        .replaceAll('mcp-hello-', `mcp-${name}-`)
        .replaceAll("name: 'hello'", `name: '${name}'`)
        .replaceAll('Says hello.', description),
    );
  }
  return folder;
}

if (import.meta.main) {
  const [name = '', description = ''] = process.argv.slice(2);
  try {
    if (name === '')
      throw new Error(
        'usage: npx -y pnpm@12.21.0 exec node scripts/new-package.ts NAME "What it does, in one sentence."',
      );
    createPackage(process.cwd(), name, description);
    console.log(`packages/${name} is created. Next: npx -y pnpm@12.21.0 install, then the list in CONTRIBUTING.md.`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
