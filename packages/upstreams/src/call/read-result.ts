/** The result of a call as an upstream sent it, block by block: what cannot be read becomes a note, and the rest is kept. */
import { sanitizeText, ToolError, toolContent, type ContentBlock, type ToolContent } from '@mcp/tool-base';

import { INPUT_REQUIRED } from '../connection/connection.ts';
import { isMembers, type Members } from '../connection/take-apart.ts';

const MAX_BLOCKS = 1000;
const TIMESTAMP = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?Z$/;
const BASE64 = /^[A-Za-z0-9+/\s]*={0,2}\s*$/;
const MIME_TYPE = /^[A-Za-z0-9!#$&^_.+-]{1,127}\/[A-Za-z0-9!#$&^_.+-]{1,127}(?:;[\x20-\x7e]{0,256})?$/;

/** @throws {ToolError} `tool_error` for a result that is marked as an error, with its content */
export function readResult(key: string, raw: Members, exposeUri: ExposeUri): ToolContent {
  if (raw === INPUT_REQUIRED) {
    throw new ToolError('tool_error', `The upstream ${key} asks for input from the user, which is not passed on.`, {
      suggestion: 'Give every argument that the tool could ask for, or continue without it.',
    });
  }
  const blocks = blocksOf(raw['content']);
  const content = blocks.slice(0, MAX_BLOCKS).map((block) => readBlock(block, exposeUri));
  if (blocks.length > MAX_BLOCKS) content.push(note(`${blocks.length - MAX_BLOCKS} more content blocks`));
  const { structuredContent } = raw;
  const output = toolContent({ content, ...(isMembers(structuredContent) && { structured: structuredContent }) });
  if (raw['isError'] !== true) return output;
  throw new ToolError('tool_error', `The upstream ${key} reports that the tool failed.`, {
    output: toolContent({ content }),
  });
}

/** Some servers give a text or a single block. */
function blocksOf(content: unknown): readonly unknown[] {
  if (Array.isArray(content)) return content;
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return isMembers(content) ? [content] : [];
}

/** What clients use for an address that the upstream names; the address itself where its resources are not offered. */
export type ExposeUri = (uri: string) => string;

export function readBlock(raw: unknown, exposeUri: ExposeUri): ContentBlock {
  if (!isMembers(raw)) return note('a content block that is not an object');
  const { type, text, data, resource, uri, name } = raw;
  const annotations = readAnnotations(raw['annotations']);
  if (type === 'text' && typeof text === 'string') return { type, text, ...annotations };
  if ((type === 'image' || type === 'audio') && typeof data === 'string') {
    if (!isBase64(data)) return note(`an ${type} that is not base64`);
    return { type, data, mimeType: mimeTypeOf(raw) ?? 'application/octet-stream', ...annotations };
  }
  if (type === 'resource' && isMembers(resource) && typeof resource['uri'] === 'string') {
    return readResource(exposeUri(oneLine(resource['uri'])), resource);
  }
  if (type === 'resource_link' && typeof uri === 'string') {
    const { description } = raw;
    const mimeType = mimeTypeOf(raw);
    return {
      type,
      uri: exposeUri(oneLine(uri)),
      name: oneLine(typeof name === 'string' ? name : uri),
      ...(typeof description === 'string' && { description: sanitizeText(description).text }),
      ...(mimeType !== undefined && { mimeType }),
    };
  }
  return note(
    typeof type === 'string'
      ? `a content block of the type ${oneLine(type).slice(0, 64)}`
      : 'a content block without a type',
  );
}

function readResource(uri: string, resource: Members): ContentBlock {
  const { text, blob } = resource;
  const mimeType = mimeTypeOf(resource);
  const base = { uri, ...(mimeType !== undefined && { mimeType }) };
  if (typeof text === 'string') return { type: 'resource', resource: { ...base, text } };
  if (isBase64(blob)) return { type: 'resource', resource: { ...base, blob } };
  return note('a resource without content');
}

/** What clients accept of them: one member of another form would lose them the whole result. */
function readAnnotations(raw: unknown): { readonly annotations?: Members } {
  if (!isMembers(raw)) return {};
  const { audience, priority, lastModified } = raw;
  return {
    annotations: {
      ...(Array.isArray(audience) && { audience: audience.filter((role) => role === 'user' || role === 'assistant') }),
      ...(typeof priority === 'number' && priority >= 0 && priority <= 1 && { priority }),
      ...(typeof lastModified === 'string' && TIMESTAMP.test(lastModified) && { lastModified }),
    },
  };
}

export function isBase64(data: unknown): data is string {
  return typeof data === 'string' && data.length % 4 !== 1 && BASE64.test(data);
}

function mimeTypeOf({ mimeType }: Members): string | undefined {
  return typeof mimeType === 'string' && MIME_TYPE.test(mimeType) ? mimeType : undefined;
}

function oneLine(text: string): string {
  return sanitizeText(text).text.replaceAll(/\s+/g, ' ').slice(0, 2048);
}

function note(what: string): ContentBlock {
  return { type: 'text', text: `[not passed on: ${what}]` };
}
