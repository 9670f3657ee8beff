import {
  parameterSchema,
  ToolDefinitionError,
  type ParameterSpec,
  type TargetParameter,
  type ToolDefinition,
} from '@mcp/tool-base';
import { defineOperation } from '../define-operation.ts';
import { ApiClient } from '../egress/api-client.ts';
import type { EgressRules } from '../egress/api-address.ts';
import type { Credentials } from '../egress/credentials.ts';
import { isContentType, requireHeaderValue } from '../request/header-rules.ts';
import { percentEncode, requireSegment } from '../request/path-value.ts';
import type { PreparedRequest } from '../request/prepared-request.ts';
import { httpToolProblems } from './http-tool-problems.ts';
import type { HttpBodySpec, HttpToolSpec } from './http-tool-spec.ts';
import { JsonTemplate } from './json-template.ts';
import { TextTemplate, type TemplateText } from './text-template.ts';

export interface HttpToolOptions extends EgressRules {
  /** @default none */
  readonly credentials?: Credentials | undefined;
  readonly ca?: string | undefined;
}

type ValueOf = (placeholder: string) => unknown;
type Body = Pick<PreparedRequest, 'body'> & { readonly contentType?: string };

/**
 * One HTTP request as a tool, without an OpenAPI document.
 * @throws {ToolDefinitionError} listing every problem
 */
export function defineHttpTool(spec: HttpToolSpec, options: HttpToolOptions = {}): ToolDefinition {
  const { http, parameters = {} } = spec;
  const problems = httpToolProblems(http, parameters, options);
  if (problems.length > 0) {
    throw new ToolDefinitionError(
      spec.name,
      problems.map(({ path, message }) => `${['http', ...path].join('.')} ${message}.`),
    );
  }
  const [origin = ''] = /^https?:\/\/[^/]*/.exec(http.url) ?? [];
  const client = new ApiClient({ ...options, baseUrl: origin });
  const { method = 'GET' } = http;
  const path = new TextTemplate(http.url.slice(origin.length) || '/');
  const query = templatesOf(http.query);
  const [, ownType] = Object.entries(http.headers ?? {}).find(([name]) => isContentType(name)) ?? [];
  const headers = templatesOf(http.headers).filter(([name]) => !isContentType(name));
  const body = bodyOf(http.body);
  return defineOperation(
    {
      name: spec.name,
      title: spec.title,
      description: spec.description,
      annotations: spec.annotations,
      limits: spec.limits,
      circuitBreaker: spec.circuitBreaker,
      confirm: spec.confirm,
      method,
      input: inputSchema(parameters),
      targets: targetsOf(parameters),
      response: http.response,
      prepare(input) {
        const valueOf: ValueOf = (name) =>
          (Object.hasOwn(input, name) ? input[name] : undefined) ?? defaultOf(parameters[name]);
        const { contentType, ...sent } = body(valueOf);
        const pairs = filled(query, valueOf, percentEncode).map(([name, text]) => `${percentEncode(name)}=${text}`);
        return {
          method,
          path: pathOf(path, valueOf),
          query: pairs.join('&'),
          headers: {
            ...Object.fromEntries(filled(headers, valueOf, (text, name) => requireHeaderValue(name, text))),
            ...(contentType === undefined
              ? {}
              : { 'content-type': typeof ownType === 'string' ? ownType : contentType }),
          },
          ...sent,
        };
      },
    },
    client,
  );
}

function inputSchema(parameters: Readonly<Record<string, ParameterSpec>>): Record<string, unknown> {
  const entries = Object.entries(parameters);
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(([name, spec]) => [name, parameterSchema(spec, { leadingDash: true })])),
    required: entries.filter(([, spec]) => !isOptional(spec)).map(([name]) => name),
    additionalProperties: false,
  };
}

/** A boolean that is left out is false, as in the arguments of a program. */
function isOptional(spec: ParameterSpec): boolean {
  return spec.optional === true || spec.type === 'boolean' || defaultOf(spec) !== undefined;
}

function defaultOf(spec: ParameterSpec | undefined): unknown {
  return spec !== undefined && 'default' in spec ? spec.default : undefined;
}

function targetsOf(parameters: Readonly<Record<string, ParameterSpec>>): TargetParameter[] {
  return Object.entries(parameters).flatMap(([parameter, spec]) =>
    spec.type === 'target'
      ? [{ parameter, kind: spec.kind, resolve: spec.resolve ?? 'pin', optional: spec.optional ?? false }]
      : [],
  );
}

function templatesOf(texts: Readonly<Record<string, TemplateText>> = {}): (readonly [string, TextTemplate])[] {
  return Object.entries(texts).map(([name, text]) => [name, new TextTemplate(text)] as const);
}

function filled(
  templates: readonly (readonly [string, TextTemplate])[],
  valueOf: ValueOf,
  encode: (text: string, name: string) => string,
): [string, string][] {
  return templates.flatMap(([name, template]): [string, string][] => {
    const text = template.fill(valueOf, (value) => value);
    return text === undefined ? [] : [[name, encode(text, name)]];
  });
}

/** A value never leaves its segment, also where it is only a part of one. */
function pathOf(path: TextTemplate, valueOf: ValueOf): string {
  const text = path.fill(
    (name) => valueOf(name) ?? '',
    (value, name) => percentEncode(requireSegment(name, value)),
  );
  return text ?? '/';
}

function bodyOf({ json, form, text }: HttpBodySpec = {}): (valueOf: ValueOf) => Body {
  if (json !== undefined) {
    const template = new JsonTemplate(json);
    return (valueOf) => ({ body: JSON.stringify(template.fill(valueOf)) ?? 'null', contentType: 'application/json' });
  }
  if (form !== undefined) {
    const templates = templatesOf(form);
    return (valueOf) => ({
      body: new URLSearchParams(filled(templates, valueOf, (value) => value)).toString(),
      contentType: 'application/x-www-form-urlencoded',
    });
  }
  if (text !== undefined) {
    const template = new TextTemplate(text);
    return (valueOf) => ({
      body: template.fill(valueOf, (value) => value) ?? '',
      contentType: 'text/plain; charset=utf-8',
    });
  }
  return () => ({});
}
