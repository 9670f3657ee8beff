/**
 * A stranger's project: an empty folder, one package installed from its tarball, a program that imports every public
 * name of it. Those of our packages it needs come from their tarballs too; everything else comes from the registry.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { publicNames, type PublicNames } from './public-names.ts';
import { mustRun } from '../run-program.ts';
import type { Tarball } from './tarball.ts';

export interface Compiler {
  readonly version: string;
  /** Path of its `tsc`, to be run by Node. */
  readonly tsc: string;
}

export class Consumer {
  readonly #folder: string;
  readonly #name: string;
  #names: PublicNames = { values: [], types: [] };

  constructor(folder: string, name: string) {
    this.#folder = folder;
    this.#name = name;
  }

  /** Installs with npm, as most users would. `tarballs` holds the package and what it needs of ours. */
  async install(tarballs: readonly Tarball[]): Promise<void> {
    mkdirSync(this.#folder, { recursive: true });
    const dependencies = Object.fromEntries(tarballs.map(({ name, file }) => [name, `file:${file}`]));
    const devDependencies = { '@types/node': versionOf('@types/node') };
    this.#write('package.json', JSON.stringify({ private: true, type: 'module', dependencies, devDependencies }));
    await mustRun('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: this.#folder });
  }

  /** Throws unless the entry exports something and says nothing that is not there at run time. */
  async checkNames(): Promise<void> {
    this.#names = publicNames(join(this.#folder, 'node_modules', this.#name, 'dist/index.d.ts'));
    const code = `import * as all from '${this.#name}'; console.log(JSON.stringify(Object.keys(all).sort()));`;
    this.#write('names.mjs', code);
    const { stdout } = await mustRun(process.execPath, ['names.mjs'], { cwd: this.#folder, timeoutMs: 30_000 });
    const { values } = this.#names;
    if (values.length === 0) throw new Error('the package exports nothing');
    if (stdout.trim() !== JSON.stringify(values)) {
      throw new Error(`declared: ${values.join(' ')}\nthere:    ${stdout.trim()}`);
    }
  }

  /** Compiles an import of every public name with every library checked, and runs what came out. */
  async checkCompiles({ version, tsc }: Compiler): Promise<void> {
    const { values, types } = this.#names;
    const lines = [
      `import { ${[...values, ...types.map((name) => `type ${name}`)].join(', ')} } from '${this.#name}';`,
      `export type { ${types.join(', ')} };`,
      `const values: Record<string, unknown> = { ${values.join(', ')} };`,
      `for (const name in values) if (values[name] === undefined) throw new Error(name + ' is undefined');`,
    ];
    this.#write('consumer.ts', lines.join('\n'));
    const compilerOptions = {
      target: 'es2022',
      module: 'nodenext',
      moduleResolution: 'nodenext',
      types: ['node'],
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      verbatimModuleSyntax: true,
      skipLibCheck: false,
      outDir: `out-${version}`,
    };
    this.#write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['consumer.ts'] }));
    await mustRun(process.execPath, [tsc, '-p', '.'], { cwd: this.#folder });
    await mustRun(process.execPath, [`out-${version}/consumer.js`], { cwd: this.#folder, timeoutMs: 30_000 });
  }

  /** Imports every public name on another version of Node. */
  async checkRunsOn(node: string): Promise<void> {
    await mustRun(node, ['names.mjs'], { cwd: this.#folder, timeoutMs: 30_000 });
  }

  /** Path of a program that the package installed. */
  program(name: string): string {
    return join(this.#folder, 'node_modules', '.bin', name);
  }

  get folder(): string {
    return this.#folder;
  }

  #write(file: string, text: string): void {
    writeFileSync(join(this.#folder, file), `${text}\n`);
  }
}

export function compiler(packageName: string): Compiler {
  return { version: versionOf(packageName), tsc: resolve('node_modules', packageName, 'bin/tsc') };
}

function versionOf(packageName: string): string {
  const manifest = readFileSync(join('node_modules', packageName, 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
