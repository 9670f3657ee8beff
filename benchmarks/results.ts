/**
 * Results in Markdown. README.md has those of each benchmark below a comment with its file. Other documents quote them, without
 * the heading, between `<!-- results FILE -->` and `<!-- end of results -->`.
 */

/** The results with their heading, without the comment; undefined if the benchmark has not been run. */
export function resultsOf(file: string, readme: string): string | undefined {
  const [start, end] = placeOf(file, readme) ?? [];
  return start === undefined ? undefined : readme.slice(start, end).replace(commentOf(file), '').trim();
}

/** The README with these results in place of the last ones of the same benchmark. */
export function withResults(file: string, results: string, readme: string): string {
  const section = `${commentOf(file)}\n\n${results.trim()}\n`;
  const [start, end] = placeOf(file, readme) ?? [];
  if (start === undefined) return `${readme.trimEnd()}\n\n${section}`;
  return `${readme.slice(0, start)}${section}${end === undefined ? '' : `\n${readme.slice(end)}`}`;
}

const quoted = /<!-- results (?<benchmark>\S+) -->\n(?<text>[\s\S]*?)<!-- end of results -->/gu;

export interface QuotedResults {
  readonly benchmark: string;
  readonly text: string;
}

export function quotedResults(document: string): QuotedResults[] {
  return [...document.matchAll(quoted)].map(({ groups }) => ({
    benchmark: groups?.['benchmark'] ?? '',
    text: (groups?.['text'] ?? '').trim(),
  }));
}

/** The document with all quoted results as in the README. */
export function withQuotedResults(document: string, readme: string): string {
  return document.replaceAll(quoted, (whole, file: string) => {
    const results = resultsOf(file, readme);
    return results === undefined
      ? whole
      : `<!-- results ${file} -->\n\n${withoutHeading(results)}\n\n<!-- end of results -->`;
  });
}

export function withoutHeading(results: string): string {
  return results.replace(/^### .*\n/u, '').trim();
}

function commentOf(file: string): string {
  return `<!-- ${file} -->`;
}

function placeOf(file: string, readme: string): readonly [start: number, end: number | undefined] | undefined {
  const start = readme.indexOf(commentOf(file));
  if (start < 0) return undefined;
  const end = readme.indexOf('\n<!-- ', start);
  return [start, end < 0 ? undefined : end + 1];
}
