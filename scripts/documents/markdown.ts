import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface CodeBlock {
  readonly file: string;
  /** Of the opening fence, from 1. */
  readonly line: number;
  readonly language: string;
  readonly text: string;
}

/** Every Markdown file that people read, relative to the root. Changelogs are made by a tool. */
export function documents(): string[] {
  return globSync('{*,docs/**/*,{packages,apps,e2e,examples,benchmarks,templates}/**/*,.github/**/*}.md', {
    exclude: ['**/node_modules/**', '**/dist/**', '**/CHANGELOG.md', 'docs/{api,dist}/**'],
  }).sort();
}

export function codeBlocks(file: string, ...languages: string[]): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let open: { line: number; language: string; lines: string[] } | undefined;
  for (const [index, line] of readFileSync(file, 'utf8').split('\n').entries()) {
    const fence = /^\s*```(?<language>\w*)/u.exec(line);
    if (!fence) open?.lines.push(line);
    else if (!open) open = { line: index + 1, language: fence.groups?.['language'] ?? '', lines: [] };
    else {
      blocks.push({ file, line: open.line, language: open.language, text: open.lines.join('\n') });
      open = undefined;
    }
  }
  return blocks.filter(({ language }) => languages.includes(language));
}

/** Links to files of this repository, resolved to paths from its root; anchors are cut off. */
export function localLinks(file: string): string[] {
  const prose = readFileSync(file, 'utf8').replaceAll(/```[\s\S]*?```/gu, '');
  return [...prose.matchAll(/\]\((?<target>[^)\s]+)\)/gu)]
    .map(({ groups }) => groups?.['target']?.split('#')[0] ?? '')
    .filter((target) => target !== '' && !/^[a-z]+:/u.test(target))
    .map((target) => join(dirname(file), target));
}
