import type { ParameterSpec } from '@mcp/tool-base';
import { egressProblem, readApiAddress, type EgressRules } from '../egress/api-address.ts';
import { headerNameProblem, isContentType } from '../request/header-rules.ts';
import type { HttpRequestSpec, HttpToolProblem } from './http-tool-spec.ts';
import { JsonTemplate } from './json-template.ts';
import { TextTemplate, type TemplateText } from './text-template.ts';

const BODY_KINDS = ['json', 'form', 'text'] as const;

const MEDIA_TYPE = /^[\w.+-]+\/[\w.+-]+(?:\s*;\s*[\w.-]+=[\w.+-]+)*$/;

/** Everything that keeps a request from being sent as it is declared. */
export function httpToolProblems(
  http: HttpRequestSpec,
  parameters: Readonly<Record<string, ParameterSpec>>,
  egress: EgressRules,
): HttpToolProblem[] {
  return [
    ...urlProblems(http.url, egress),
    ...headerProblems(http),
    ...bodyProblems(http),
    ...placeholderProblems(http, parameters),
  ];
}

/** Everything behind the origin may hold placeholders. */
function urlProblems(url: string, egress: EgressRules): HttpToolProblem[] {
  const origin = /^[a-z]+:\/\/[^/]*/i.exec(url)?.[0] ?? '';
  if (/[{}]/.test(origin)) {
    const message = 'has a placeholder in its host or port, which are fixed';
    return [{ path: ['url'], message, suggestion: 'declare one tool for each host' }];
  }
  const address = readApiAddress(url.replaceAll(/\{[A-Za-z_][A-Za-z0-9_]*\}/g, 'x'));
  if (typeof address === 'string') return [{ path: ['url'], message: address }];
  const problem = egressProblem(address, egress);
  return problem === undefined ? [] : [{ path: ['url'], message: problem }];
}

function headerProblems({ headers = {}, body }: HttpRequestSpec): HttpToolProblem[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    if (isContentType(name) && body !== undefined && body.form === undefined) return contentTypeProblems(name, value);
    const problem = headerNameProblem(name);
    if (problem === undefined) return [];
    const isCredential = /^(?:authorization|cookie)$/i.test(name);
    const suggestion = isCredential ? 'give the credential under auth' : 'leave it out';
    return [{ path: ['headers', name], message: problem, suggestion }];
  });
}

/** Of a body of JSON or text, which has many types. */
function contentTypeProblems(name: string, value: TemplateText): HttpToolProblem[] {
  if (typeof value === 'string' && MEDIA_TYPE.test(value)) return [];
  return [
    { path: ['headers', name], message: 'must be a type such as application/vnd.api+json, without placeholders' },
  ];
}

function bodyProblems({ method = 'GET', body }: HttpRequestSpec): HttpToolProblem[] {
  if (body === undefined) return [];
  if (method === 'GET' || method === 'HEAD') {
    return [
      { path: ['body'], message: `cannot be sent with ${method}`, suggestion: 'choose another method, or use query' },
    ];
  }
  const given = BODY_KINDS.filter((kind) => body[kind] !== undefined);
  if (given.length === 1) return [];
  return [{ path: ['body'], message: 'must have exactly one of json, form and text' }];
}

function placeholderProblems(
  http: HttpRequestSpec,
  parameters: Readonly<Record<string, ParameterSpec>>,
): HttpToolProblem[] {
  const used = new Set<string>();
  const problems: HttpToolProblem[] = [];
  const use = (path: readonly string[], placeholders: readonly string[]): void => {
    for (const name of placeholders) {
      used.add(name);
      if (Object.hasOwn(parameters, name)) continue;
      const known = Object.keys(parameters).join(', ') || 'none';
      problems.push({
        path,
        message: `names {${name}}, which is not a parameter`,
        suggestion: `parameters are: ${known}`,
      });
    }
  };
  const useTexts = (path: readonly string[], texts: Readonly<Record<string, TemplateText>> = {}): void => {
    for (const [name, text] of Object.entries(texts)) use([...path, name], new TextTemplate(text).placeholders);
  };
  use(['url'], new TextTemplate(http.url).placeholders);
  useTexts(['query'], http.query);
  useTexts(['headers'], http.headers);
  useTexts(['body', 'form'], http.body?.form);
  if (http.body?.text !== undefined) use(['body', 'text'], new TextTemplate(http.body.text).placeholders);
  if (http.body?.json !== undefined) use(['body', 'json'], new JsonTemplate(http.body.json).placeholders);
  const unused = Object.keys(parameters).filter((name) => !used.has(name));
  if (unused.length > 0) {
    problems.push({
      path: [],
      message: `does not use the parameters ${unused.join(', ')}`,
      suggestion: 'use them, or remove them',
    });
  }
  return problems;
}
