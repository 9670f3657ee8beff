import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Writes `llms.txt` (https://llmstxt.org) and the Markdown that it links to, for readers that prefer text to pages. Links between the
 * copies hold, because they lie as in the repository.
 *
 * @param parts paths of documents from the root, by the part of the site that they belong to
 */
export function writeLlms(root: string, site: string, parts: Readonly<Record<string, readonly string[]>>): void {
  for (const file of ['README.md', ...Object.values(parts).flat()]) {
    const copy = join(site, 'markdown', file);
    mkdirSync(dirname(copy), { recursive: true });
    cpSync(join(root, file), copy);
  }
  const read = (file: string): string => readFileSync(join(root, file), 'utf8');
  writeFileSync(join(site, 'llms.txt'), llmsText(read('README.md'), parts, read));
}

/**
 * @param readme gives title and summary
 * @internal
 */
export function llmsText(
  readme: string,
  parts: Readonly<Record<string, readonly string[]>>,
  read: (file: string) => string,
): string {
  const sections = Object.entries(parts).map(([part, files]) => {
    const lines = files.map((file) => {
      const { title, sentence } = introduction(read(file));
      return `- [${title}](markdown/${file})${sentence === '' ? '' : `: ${sentence}`}`;
    });
    return `## ${part}\n\n${lines.join('\n')}\n`;
  });
  const { title, sentence } = introduction(readme);
  return [`# ${title}\n`, `> ${sentence}\n`, ...sections].join('\n');
}

/** The first heading, and the first sentence of the first paragraph of prose below it. */
function introduction(markdown: string): { readonly title: string; readonly sentence: string } {
  const [, title = '', rest = ''] = /^# (.+)\n([\s\S]*)/mu.exec(markdown) ?? [];
  const isProse = (paragraph: string): boolean => /^[A-Z`*@[]/u.test(paragraph) && !paragraph.startsWith('```');
  const paragraph = rest.split(/\n{2,}/u).find((each) => isProse(each.trim())) ?? '';
  const text = paragraph
    .replaceAll(/\[(?<label>[^\]]*)\]\([^)]*\)/gu, '$<label>')
    .replaceAll(/\s+/gu, ' ')
    .trim();
  return { title: title.replaceAll('`', ''), sentence: /^.*?[.:](?= |$)/u.exec(text)?.[0] ?? text };
}
