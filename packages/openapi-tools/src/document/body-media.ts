/** Which of the media types of a request body is sent. */

import { dereference, isObject, type JsonObject } from './json-pointer.ts';

export type BodyKind = 'json' | 'form' | 'multipart' | 'text' | 'binary';

export interface ChosenMedia {
  readonly kind: BodyKind;
  /** As the header names it. */
  readonly mediaType: string;
  readonly media: JsonObject;
}

/** The preferred kind first. A merge patch is an object; other patches in JSON are lists of steps. */
const KINDS: readonly (readonly [BodyKind, RegExp])[] = [
  ['json', /^(?:application\/json|\*\/\*)$/],
  ['json', /^application\/merge-patch\+json$/],
  ['json', /^application\/[\w.+-]+\+json$/],
  ['form', /^application\/x-www-form-urlencoded$/],
  ['multipart', /^multipart\/form-data$/],
  ['binary', /^application\/octet-stream$/],
  ['text', /^text\/[\w.+*-]+$/],
];
const XML = /\bxml$/;
/** What may be in a header. */
const MEDIA_TYPE = /^[\w.+*-]+\/[\w.+*-]+(?:\s*;\s*[\w.-]+=(?:[\w.+-]+|"[\w.+:/ -]*"))*$/;
/** Sent where the document has a range of types. */
const IN_PLACE_OF_RANGE: Readonly<Record<BodyKind, string>> = {
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
  multipart: 'multipart/form-data',
  text: 'text/plain',
  binary: 'application/octet-stream',
};

/** @returns undefined where no type can be written */
export function chooseMedia(document: JsonObject, content: JsonObject): ChosenMedia | undefined {
  const offered = Object.entries(content).flatMap(([type, media]) => {
    const name = type.split(';')[0]?.trim().toLowerCase() ?? '';
    return XML.test(name) || !MEDIA_TYPE.test(type.trim()) ? [] : [{ name, type, media: isObject(media) ? media : {} }];
  });
  for (const [kind, pattern] of KINDS) {
    const found = offered.find(({ name }) => pattern.test(name));
    if (found !== undefined) return chosen(kind, found.type, found.media);
  }
  for (const { type, media } of offered) {
    const kind = kindOfContent(dereference(document, media['schema']));
    if (kind !== undefined) return chosen(kind, type, media);
  }
  return undefined;
}

function chosen(kind: BodyKind, type: string, media: JsonObject): ChosenMedia {
  return { kind, mediaType: type.includes('*') ? IN_PLACE_OF_RANGE[kind] : type.trim(), media };
}

/** Of a type that says nothing about how it is written, such as an image or a certificate. */
function kindOfContent(schema: unknown): BodyKind | undefined {
  if (schema === undefined) return 'binary';
  if (!isObject(schema) || schema['type'] !== 'string') return undefined;
  return schema['format'] === 'binary' ? 'binary' : 'text';
}
