/** A request body from its value. */

import { randomUUID } from 'node:crypto';

import { readBase64 } from '../document/file-arguments.ts';
import { isObject, type JsonObject } from '../document/json-pointer.ts';
import type { OperationBody } from '../document/operation-body.ts';
import { serializePairs, textOf, type Style } from './serialize-value.ts';

export interface WrittenBody {
  readonly body: string | Uint8Array;
  readonly contentType: string;
}

/** @throws {ToolError} `validation_error` for content that is not base64 */
export function writeBody({ kind, mediaType, files, encoding }: OperationBody, value: unknown): WrittenBody {
  switch (kind) {
    case 'json':
      return { body: JSON.stringify(value), contentType: mediaType };
    case 'form':
      return { body: writeForm(value, encoding), contentType: 'application/x-www-form-urlencoded' };
    case 'multipart':
      return writeMultipart(value, files, encoding);
    case 'text':
      return { body: textOf(value), contentType: mediaType };
    case 'binary':
      return { body: readBase64('body', textOf(value)), contentType: mediaType };
  }
}

function membersOf(value: unknown): [string, unknown][] {
  return isObject(value) ? Object.entries(value).filter(([, member]) => member !== undefined && member !== null) : [];
}

/** As a browser writes it: a space is `+`. */
function writeForm(value: unknown, encoding: Readonly<Record<string, JsonObject>>): string {
  const pairs = membersOf(value).flatMap(([name, member]) => {
    const { style = 'form', explode = style === 'form', contentType } = encoding[name] ?? {};
    const isNested = typeof member === 'object' && !Array.isArray(member);
    // Without a style, an object is JSON.
    const asJson =
      contentType !== undefined ? isJson(contentType) : isNested && encoding[name]?.['style'] === undefined;
    const written = asJson ? JSON.stringify(member) : member;
    return serializePairs(name, written, { style: style as Style, explode: explode === true });
  });
  return pairs.map(([name, text]) => `${name}=${text}`.replaceAll('%20', '+')).join('&');
}

function isJson(contentType: unknown): boolean {
  return typeof contentType === 'string' && /\bjson\b/.test(contentType);
}

function writeMultipart(
  value: unknown,
  files: ReadonlySet<string>,
  encoding: Readonly<Record<string, JsonObject>>,
): WrittenBody {
  const boundary = `----mcp-${randomUUID()}`;
  const parts: Buffer[] = [];
  const add = (head: readonly string[], content: Buffer): void => {
    parts.push(Buffer.from(`--${boundary}\r\n${head.join('\r\n')}\r\n\r\n`), content, Buffer.from('\r\n'));
  };
  for (const [name, member] of membersOf(value)) {
    const field = `Content-Disposition: form-data; name="${quoted(name)}"`;
    for (const item of Array.isArray(member) ? (member as unknown[]) : [member]) {
      if (files.has(name) && isObject(item)) {
        const type = textOf(item['type'] ?? 'application/octet-stream');
        const safeType = /^[\w.+-]+\/[\w.+-]+$/.test(type) ? type : 'application/octet-stream';
        const head = [`${field}; filename="${quoted(textOf(item['name'] ?? 'file'))}"`, `Content-Type: ${safeType}`];
        add(head, readBase64(name, textOf(item['data'] ?? '')));
        continue;
      }
      const declared = encoding[name]?.['contentType'];
      const type = typeof declared === 'string' ? declared : typeof item === 'object' ? 'application/json' : undefined;
      const isType = type !== undefined && /^[\w.+/; =-]+$/.test(type);
      add(isType ? [field, `Content-Type: ${type}`] : [field], Buffer.from(textOf(item)));
    }
  }
  parts.push(Buffer.from(`--${boundary}--\r\n`));
  return { body: Buffer.concat(parts), contentType: `multipart/form-data; boundary=${boundary}` };
}

/** Names end at a quotation mark or a line end, so both are percent-encoded, as browsers do. */
function quoted(name: string): string {
  return name.replaceAll('\r', '%0D').replaceAll('\n', '%0A').replaceAll('"', '%22');
}
