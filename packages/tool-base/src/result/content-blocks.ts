/** Content blocks of a tool as copies without control characters: the tool may go on changing its own objects. */

import { sanitizeJson, sanitizeText } from './sanitize-text.ts';
import type { ContentBlock } from './tool-result.ts';

/** Whether a text shows nothing: some model APIs reject a text block that is empty or only white space. */
export function isBlank(text: string): boolean {
  return !/\S/.test(text);
}

/**
 * UTF-8 bytes of the payload of a block.
 * @throws {TypeError} for a block of an unknown type or without its payload
 */
export function sizeOfBlock(block: ContentBlock): number {
  switch (block.type) {
    case 'text':
      return Buffer.byteLength(block.text);
    case 'image':
    case 'audio':
      return block.data.length;
    case 'resource':
      return 'text' in block.resource ? Buffer.byteLength(block.resource.text) : block.resource.blob.length;
    case 'resource_link':
      return block.uri.length;
    default:
      throw new TypeError('There is no content block of that type.');
  }
}

/** @throws {TypeError} for a block without its payload, or with members that have no JSON */
export function copyBlock(block: ContentBlock): ContentBlock {
  switch (block.type) {
    case 'text': {
      const { text, ...rest } = block;
      return { ...jsonCopy(rest), text: sanitizeText(requireString(text)).text };
    }
    case 'image':
    case 'audio': {
      const { data, ...rest } = block;
      return { ...jsonCopy(rest), data: requireString(data) };
    }
    case 'resource': {
      const { resource, ...rest } = block;
      if ('text' in resource) {
        const { text, ...other } = resource;
        return { ...jsonCopy(rest), resource: { ...jsonCopy(other), text: sanitizeText(requireString(text)).text } };
      }
      const { blob, ...other } = resource;
      return { ...jsonCopy(rest), resource: { ...jsonCopy(other), blob: requireString(blob) } };
    }
    case 'resource_link':
      return jsonCopy(block);
    default:
      throw new TypeError('There is no content block of that type.');
  }
}

/**
 * The same for a block that is sent on its own, as in a message of a prompt: a text that shows nothing says so.
 * @throws {TypeError} for a block without its payload, or with members that have no JSON
 */
export function cleanBlock(block: ContentBlock): ContentBlock {
  const copy = copyBlock(block);
  return copy.type === 'text' && isBlank(copy.text) ? { ...copy, text: '[no text]' } : copy;
}

function requireString(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new TypeError('A content block must have text, or data in base64.');
}

function jsonCopy<T extends object>(value: T): T {
  return sanitizeJson(JSON.parse(JSON.stringify(value))) as T;
}
