/** A request from checked arguments. */

import { encodeAllowingReserved, serializePairs, serializeText, type Pair } from '../parameters/serialize-value.ts';
import { writeBody } from '../parameters/write-body.ts';
import { requireHeaderValue } from '../request/header-rules.ts';
import { percentEncode, requireSegment } from '../request/path-value.ts';
import type { HttpMethod, PreparedRequest } from '../request/prepared-request.ts';
import type { ArgumentSource } from './operation-arguments.ts';
import type { OperationBody } from './operation-body.ts';
import type { OperationParameter } from './operation-parameters.ts';
import type { PathTemplate } from './path-template.ts';

/** @throws {ToolError} `validation_error` for a value that cannot be sent */
export function prepareRequest(
  method: HttpMethod,
  template: PathTemplate,
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
    const value = Object.hasOwn(input, source.argument) ? input[source.argument] : undefined;
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
        // Not spread into arguments: there may be more than the engine takes.
        for (const pair of pairsOf(parameter, written)) query.push(pair);
        break;
      case 'header':
        headers[parameter.name.toLowerCase()] = requireHeaderValue(
          source.argument,
          serializeText(parameter.name, written, { ...parameter, encode: (text) => text }),
        );
        break;
      case 'cookie':
        for (const pair of serializePairs(parameter.name, written, parameter)) cookies.push(pair);
        break;
    }
  }
  if (cookies.length > 0) headers['cookie'] = cookies.map(([name, text]) => `${name}=${text}`).join('; ');
  const content = body !== undefined && sent === undefined && body.required ? {} : sent;
  const written = body === undefined || content === undefined ? undefined : writeBody(body, content);
  return {
    method,
    path: template.parts
      .map((part) => (typeof part === 'string' ? part : requireSegment(part.name, pathValues.get(part.name) ?? '')))
      .join(''),
    query: [...template.query, ...query.map(([name, text]) => `${name}=${text}`)].join('&'),
    headers: written === undefined ? headers : { ...headers, 'content-type': written.contentType },
    ...(written !== undefined && { body: written.body }),
  };
}

function pairsOf(parameter: OperationParameter, value: unknown): Pair[] {
  const encode = parameter.allowReserved ? encodeAllowingReserved : percentEncode;
  return serializePairs(parameter.name, value, { ...parameter, encode });
}
