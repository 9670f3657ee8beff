import type { HttpToolSpec } from '@mcp/openapi-tools';

import { breakerOptions, toMs, withoutUndefined, type Loosely } from './command-tool-spec.ts';
import type { FrozenHttpDeclaration } from '../shape/tool-declaration.ts';

/** An entry with `http` under `tools:` as the package takes it: milliseconds, and nothing where nothing was said. */
export function httpToolSpec(name: string, declared: FrozenHttpDeclaration): HttpToolSpec {
  const { title, description, annotations, parameters, timeout, concurrency, queue, maxOutput, circuitBreaker } =
    declared;
  const { method, url, query, headers, body, response } = declared.http;
  const spec: Loosely<HttpToolSpec> = {
    name,
    title,
    description,
    annotations,
    parameters,
    limits: {
      timeoutMs: toMs(timeout),
      concurrency,
      queue: queue && { size: queue.size, timeoutMs: toMs(queue.timeout) },
      maxOutputBytes: maxOutput,
    },
    circuitBreaker: circuitBreaker && breakerOptions(circuitBreaker),
    confirm: declared.confirm === 'never' ? undefined : declared.confirm,
    http: {
      method,
      url,
      query,
      headers,
      body: body && { ...body, ...(body.json !== undefined && { json: JSON.parse(body.json) as unknown }) },
      response,
    },
  };
  return withoutUndefined(spec) as HttpToolSpec;
}
