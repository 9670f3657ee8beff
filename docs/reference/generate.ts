/**
 * Writes docs/api/NAME.md for every package that is published, from the code and its comments.
 *
 * The pages are not in git: the site (site.ts) builds them first.
 */
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Application, type TypeDocOptions } from 'typedoc';

const root = fileURLToPath(new URL('../..', import.meta.url));
const output = join(root, 'docs/api');
const folders = globSync('{packages,apps}/*/src/index.ts', { cwd: root })
  .map((entry) => dirname(dirname(join(root, entry))))
  .sort();

/** Replaces docs/api. */
export async function writeReference(): Promise<void> {
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  const pages: string[] = [];
  for (const folder of folders) pages.push(await writePage(folder));
  writeFileSync(join(output, 'README.md'), index(pages));
}

async function writePage(folder: string): Promise<string> {
  const { name, description } = manifestOf(folder);
  const stage = join(output, `.${basename(folder)}`);
  const options: TypeDocOptions & Record<string, unknown> = {
    plugin: [fileURLToPath(import.meta.resolve('typedoc-plugin-markdown'))],
    entryPoints: [join(folder, 'src/index.ts')],
    tsconfig: join(folder, 'tsconfig.json'),
    name,
    out: stage,
    readme: 'none',
    disableSources: true,
    excludeInternal: true,
    excludePrivate: true,
    excludeExternals: true,
    // Errors of types are the business of the type check; this compiler is not the one the code is written for.
    skipErrorChecking: true,
    logLevel: 'Error',
    router: 'module',
    hideBreadcrumbs: true,
    hidePageHeader: true,
    useCodeBlocks: true,
    parametersFormat: 'table',
    interfacePropertiesFormat: 'table',
    typeAliasPropertiesFormat: 'table',
    classPropertiesFormat: 'table',
    typeDeclarationFormat: 'table',
    sort: ['kind', 'alphabetical'],
  };
  const application = await Application.bootstrapWithPlugins(options);
  const project = await application.convert();
  if (!project) throw new Error(`${name} cannot be read`);
  await application.generateOutputs(project);
  const page = `${basename(folder)}.md`;
  writeFileSync(join(output, page), withLiveAnchors(readFileSync(join(stage, 'README.md'), 'utf8')));
  rmSync(stage, { recursive: true });
  return `- [\`${name}\`](${page}): ${description}`;
}

/** The plugin numbers a name that a property has in another case; GitHub numbers only headings that are alike. */
function withLiveAnchors(text: string): string {
  const headings = [...text.matchAll(/^#+ (?<heading>.+)$/gmu)].map(({ groups }) =>
    (groups?.['heading'] ?? '')
      .toLowerCase()
      .replaceAll(/[^\w\- ]/gu, '')
      .replaceAll(' ', '-'),
  );
  return text.replaceAll(/\(#(?<anchor>[a-z]+)-1\)/gu, (link, anchor: string) =>
    headings.filter((heading) => heading === anchor).length > 1 ? link : `(#${anchor})`,
  );
}

function index(lines: readonly string[]): string {
  return `# API reference

Generated from the code and its comments.

${lines.join('\n')}
`;
}

function manifestOf(folder: string): { name: string; description: string } {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name: string; description: string };
}
