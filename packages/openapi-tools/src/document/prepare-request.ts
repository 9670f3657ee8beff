/** A request from checked arguments. */

import { encodeAllowingReserved, serializePairs, serializeText, type Pair } from '../parameters/serialize-value.ts';
import { writeBody } from '../parameters/write-body.ts';
import { requireHeaderValue } from '../request/header-rules.ts';
import { percentEncode, requireSegment } from '../request/path-value.ts';
import type { HttpMethod, PreparedRequest } from '../request/prepared-request.ts';
import type { ArgumentSource } from './operation-arguments.ts';
import type { OperationBody } from './operation-body.ts';
import type { OperationParameter } from './operation-parameters.ts';
import { withhold } from './withheld.ts';

type PathPart = string | { readonly name: string };

const FIXED = /^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*$/;

/** @throws {WithheldError} for a path that is no path, or that names a parameter that is not described */
export function readPathTemplate(path: string, parameters: readonly OperationParameter[]): readonly PathPart[] {
  const names = new Set(parameters.filter(({ place }) => place === 'path').map(({ name }) => name));
  const parts = path.split(/\{([^{}]*)\}/).map((text, index): PathPart => {
    if (index % 2 === 1) {
      return names.has(text) ? { name: text } : withhold(`Its path names {${text}}, which is no parameter of it.`);
    }
    return FIXED.test(text) ? text : withhold('Its path has characters that a URL must percent-encode.');
  });
  const plain = parts.map((part) => (typeof part === 'string' ? part : 'x')).join('');
  const hasDots = /(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/i.test(plain);
  if (!path.startsWith('/') || hasDots) return withhold('Its path does not begin with /, or has the segments . and ..');
  return parts;
}

/** @throws {ToolError} `validation_error` for a value that cannot be sent */
export function prepareRequest(
  method: HttpMethod,
  template: readonly PathPart[],
  sources: readonly ArgumentSource[],
  body: OperationBody | undefined,
  input: Readonly<Record<string, unknown>>,
): PreparedRequest {
  const pathValues = new Map<string, string>();
  const query: Pair[] = [];
  const cookies: Pair[] = [];
  const headers: Record<string, string> = {};
  let sent: unknown;
  for (const source of sources) {
    const value = input[source.argument];
    // A parameter without a value is left out; in a body null is a value.
    if (value === undefined || (value === null && 'parameter' in source)) continue;
    if (!('parameter' in source)) {
      sent = source.member === undefined ? value : { ...(sent as object | undefined), [source.member]: value };
      continue;
    }
    const { parameter } = source;
    const written = parameter.asJson ? JSON.stringify(value) : value;
    switch (parameter.place) {
      case 'path':
        pathValues.set(
          parameter.name,
          requireSegment(source.argument, serializeText(parameter.name, written, parameter)),
        );
        break;
      case 'query':
        query.push(...pairsOf(parameter, written));
        break;
      case 'header':
        headers[parameter.name.toLowerCase()] = requireHeaderValue(
          source.argument,
          serializeText(parameter.name, written, { ...parameter, encode: (text) => text }),
        );
        break;
      case 'cookie':
        cookies.push(...serializePairs(parameter.name, written, parameter));
        break;
    }
  }
  if (cookies.length > 0) headers['cookie'] = cookies.map(([name, text]) => `${name}=${text}`).join('; ');
  const content = body !== undefined && sent === undefined && body.required ? {} : sent;
  const written = body === undefined || content === undefined ? undefined : writeBody(body, content);
  return {
    method,
    path: template
      .map((part) => (typeof part === 'string' ? part : requireSegment(part.name, pathValues.get(part.name) ?? '')))
      .join(''),
    query: query.map(([name, text]) => `${name}=${text}`).join('&'),
    headers: written === undefined ? headers : { ...headers, 'content-type': written.contentType },
    ...(written !== undefined && { body: written.body }),
  };
}

function pairsOf(parameter: OperationParameter, value: unknown): Pair[] {
  const encode = parameter.allowReserved ? encodeAllowingReserved : percentEncode;
  return serializePairs(parameter.name, value, { ...parameter, encode });
}
