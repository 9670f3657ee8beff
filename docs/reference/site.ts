/**
 * Builds the documentation site from the Markdown files and the generated API reference, into docs/dist or FOLDER.
 * With llms.txt and the documents as Markdown. Fails on a dead link, on a document that is missing from the navigation, on
 * a missing search index, and on anything that a page would load from another host.
 *
 *   node docs/reference/site.ts [FOLDER]
 */
import { existsSync, globSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Application, Converter, LogLevel, type DocumentReflection } from 'typedoc';
import { writeReference } from './generate.ts';
import { writeLlms } from './llms.ts';
import { problemsOf } from './site-links.ts';

/** Bytes; an index of headings alone, or of nothing, is far smaller. */
const MIN_SEARCH_INDEX = 50_000;

const root = fileURLToPath(new URL('../..', import.meta.url));
const output = resolve(process.argv[2] ?? join(root, 'docs/dist'));
await writeReference();

/** The parts of the site, as ARCHITECTURE.md and docs/README.md name them; README.md is the first page. */
const parts: Readonly<Record<string, readonly string[]>> = {
  Start: [
    'docs/README.md',
    'docs/desktop.md',
    'docs/cluster.md',
    'docs/clients.md',
    'docs/command-line.md',
    'docs/platforms.md',
    'docs/comparison.md',
  ],
  'Adding tools': [
    'docs/adding-a-tool.md',
    'docs/apis.md',
    'docs/tool-search.md',
    'docs/upstreams.md',
    'docs/human-approval.md',
    'docs/jobs.md',
    'docs/modules.md',
    'docs/configuration.md',
  ],
  'Putting into service': [
    'docs/deployment.md',
    'docs/upgrading.md',
    'docs/scaling.md',
    'docs/sandbox.md',
    'docs/security.md',
    'docs/tried.md',
    'docs/migrating-from-python.md',
  ],
  Running: [
    'docs/operations.md',
    'docs/measurements.md',
    'docs/conformance.md',
    'benchmarks/README.md',
    'docs/endurance.md',
  ],
  'The server and its packages': [
    'apps/server/README.md',
    'packages/tool-base/README.md',
    'packages/upstreams/README.md',
    'packages/openapi-tools/README.md',
    'packages/circuit-breaker/README.md',
    'packages/metrics/README.md',
    'packages/health/README.md',
    'packages/config/README.md',
  ],
  'API reference': ['docs/api/README.md', ...globSync('docs/api/[a-z]*.md', { cwd: root }).sort()],
  'Changing the code': [
    'ARCHITECTURE.md',
    'docs/lifetimes.md',
    'CONTRIBUTING.md',
    'docs/how-to-add.md',
    'REVIEW.md',
    'docs/glossary.md',
    'docs/dependencies.md',
    'SECURITY.md',
    'CODE_OF_CONDUCT.md',
  ],
  Decisions: ['docs/adr/README.md', ...globSync('docs/adr/[0-9]*.md', { cwd: root }).sort(), 'docs/adr/template.md'],
};

const placed = Object.values(parts).flat();
const unplaced = globSync(['*.md', 'docs/**/*.md', 'packages/*/README.md', 'apps/*/README.md'], {
  cwd: root,
  exclude: ['**/node_modules/**', 'docs/dist/**'],
}).filter((file) => !placed.includes(file) && file !== 'README.md');
if (unplaced.length > 0)
  throw new Error(`give these documents a place in docs/reference/site.ts: ${unplaced.join(', ')}`);

rmSync(output, { recursive: true, force: true });
const application = await Application.bootstrap({
  entryPoints: [],
  projectDocuments: placed.map((file) => join(root, file)),
  readme: join(root, 'README.md'),
  name: 'MCP tool server',
  out: output,
  basePath: root,
  tsconfig: join(root, 'docs/reference/tsconfig.json'),
  disableSources: true,
  skipErrorChecking: true,
  hideGenerator: true,
  navigation: { includeGroups: true, includeCategories: false, includeFolders: false },
  groupOrder: [...Object.keys(parts), '*'],
  sort: ['source-order'],
  headings: { readme: false, document: false },
  visibilityFilters: {},
  searchInDocuments: true,
  highlightLanguages: [
    'bash',
    'sh',
    'console',
    'ini',
    'js',
    'json',
    'jsonc',
    'mermaid',
    'text',
    'toml',
    'typescript',
    'yaml',
  ],
  customCss: join(root, 'docs/reference/site.css'),
  logLevel: LogLevel.Warn,
});
application.converter.on(Converter.EVENT_CREATE_DOCUMENT, nameAndPlace);
const project = await application.convert();
if (!project) throw new Error('the documents cannot be read');
await application.generateOutputs(project);

for (const page of globSync('**/*.html', { cwd: output })) {
  const file = join(output, page);
  writeFileSync(file, withoutFolderLinks(readFileSync(file, 'utf8'), file));
}
writeLlms(root, output, parts);
// Typedoc's search is a script beside the pages, so that it works without a network and from a folder.
const searchIndex = join(output, 'assets/search.js');
if (!existsSync(searchIndex) || statSync(searchIndex).size < MIN_SEARCH_INDEX)
  throw new Error('the site has no search');
const problems = problemsOf(output);
for (const problem of problems) console.error(problem);
if (problems.length > 0) throw new Error(`${problems.length} links lead nowhere`);
console.log(`${globSync('**/*.html', { cwd: output }).length} pages in ${relative(process.cwd(), output)}`);

/** A page is called what its first heading says, and is listed in its part. */
function nameAndPlace(_: unknown, document: DocumentReflection): void {
  const [part = '', files = []] = Object.entries(parts).find(([, all]) => all.includes(`${document.name}.md`)) ?? [];
  const file = files.find((path) => path === `${document.name}.md`);
  if (file === undefined) throw new Error(`${document.name} has no place`);
  const heading = /^# (?<heading>.+)$/mu.exec(readFileSync(join(root, file), 'utf8'))?.groups?.['heading'];
  document.name = `${part === 'API reference' ? 'API of ' : ''}${heading ?? file}`
    .replaceAll('`', '')
    .replace('API of API', 'API');
  document.frontmatter['group'] = part;
}

/** A folder of the repository is no page: its name stays, the link goes. */
function withoutFolderLinks(html: string, page: string): string {
  return html.replaceAll(
    /<a href="(?<path>[^":#]+)"[^>]*>(?<text>[\s\S]*?)<\/a>/gu,
    (link, path: string, text: string) =>
      /(?:^|\/)[^./]*\/?$/u.test(path) && !existsSync(join(dirname(page), path)) ? text : link,
  );
}
