/** Words by which a search finds an operation, besides its name, texts and arguments: those of its path and of its tags. */

import { sanitizeText } from '@mcp/tool-base';
import { isObject, type JsonObject } from './json-pointer.ts';

const MAX_LENGTH = 1000;
const MAX_TAGS = 10;
const SENTENCE_END = /[.!?](?=\s)|\n\n/;

/** The first sentence that the document says about each tag. */
export type TagSummaries = ReadonlyMap<string, string>;

export function tagSummaries({ tags }: JsonObject): TagSummaries {
  const summaries = new Map<string, string>();
  for (const tag of Array.isArray(tags) ? (tags as unknown[]) : []) {
    if (!isObject(tag) || typeof tag['name'] !== 'string' || typeof tag['description'] !== 'string') continue;
    const [sentence = ''] = tag['description'].slice(0, MAX_LENGTH).split(SENTENCE_END, 1);
    summaries.set(tag['name'], sentence);
  }
  return summaries;
}

export function keywordsOf(path: string, { tags }: JsonObject, summaries: TagSummaries): string {
  const fixed = path.replaceAll(/\{[^{}]*\}|[#?].*$/g, ' ');
  const given = Array.isArray(tags) ? (tags as unknown[]).slice(0, MAX_TAGS) : [];
  const names = given.filter((tag) => typeof tag === 'string');
  const words = [fixed, ...names, ...names.map((name) => summaries.get(name) ?? '')]
    .map((text) => text.slice(0, MAX_LENGTH))
    .join(' ');
  return sanitizeText(words).text.replaceAll(/\s+/g, ' ').trim().slice(0, MAX_LENGTH);
}
