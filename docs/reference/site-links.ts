import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** Links of a built site that lead nowhere, and everything that a page would load from another host. */
export function problemsOf(site: string): string[] {
  const pages = new Map(
    globSync('**/*.html', { cwd: site }).map((page) => [join(site, page), readFileSync(join(site, page), 'utf8')]),
  );
  return [...pages].flatMap(([page, html]) => {
    const wrong = [...deadLinks(page, html, pages), ...foreignLoads(html)];
    return wrong.map((target) => `${relative(site, page)}: ${target}`);
  });
}

function* deadLinks(page: string, html: string, pages: ReadonlyMap<string, string>): Generator<string> {
  for (const { groups } of html.matchAll(/ (?:href|src)="(?<target>[^"]*)"/gu)) {
    const target = groups?.['target'] ?? '';
    if (/^(?:[a-z]+:|\/\/)/u.test(target)) continue;
    const [path = '', anchor = ''] = target.split('#');
    const file = path === '' ? page : join(dirname(page), decodeURIComponent(path.split('?')[0] ?? ''));
    if (!existsSync(file)) yield target;
    else if (anchor !== '' && pages.get(file)?.includes(` id="${decodeURIComponent(anchor)}"`) === false) yield target;
  }
}

function* foreignLoads(html: string): Generator<string> {
  const loads = /<(?:script|img|iframe|link|source)\b[^>]*?\b(?:src|href)="(?<url>(?:https?:)?\/\/[^"]*)"/gu;
  for (const { groups } of html.matchAll(loads)) yield `loads ${groups?.['url']}`;
}
