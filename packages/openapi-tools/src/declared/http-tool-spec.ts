import type { ParameterSpec } from '@mcp/tool-base';
import type { OperationSpec } from '../define-operation.ts';
import type { HttpMethod } from '../request/prepared-request.ts';
import type { ResponseKind } from '../response/shape-response.ts';
import type { TemplateText } from './text-template.ts';

/** One request, described by hand. `{parameter}` stands for the checked value of a parameter. */
export interface HttpRequestSpec {
  /** @default 'GET' */
  readonly method?: HttpMethod | undefined;
  /** Full URL without a query. Placeholders stand in its path only, and values there are percent-encoded. */
  readonly url: string;
  /** Name -> value. A value with a placeholder whose parameter is left out is not sent. */
  readonly query?: Readonly<Record<string, TemplateText>> | undefined;
  readonly headers?: Readonly<Record<string, TemplateText>> | undefined;
  readonly body?: HttpBodySpec | undefined;
  /** How the response is read. @default 'auto' */
  readonly response?: ResponseKind | undefined;
}

/** Exactly one of the three. */
export interface HttpBodySpec {
  /** JSON; a text that is one placeholder becomes the value of its parameter, a number as a number. */
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, TemplateText>> | undefined;
  readonly text?: TemplateText | undefined;
}

/** What every operation has, however it was described. */
type Offered = Pick<
  OperationSpec,
  'name' | 'title' | 'description' | 'annotations' | 'limits' | 'circuitBreaker' | 'confirm'
>;

export interface HttpToolSpec extends Offered {
  readonly http: HttpRequestSpec;
  readonly parameters?: Readonly<Record<string, ParameterSpec>> | undefined;
}

/** A mistake in a declaration; `path` leads to it inside `http`. */
export interface HttpToolProblem {
  readonly path: readonly string[];
  readonly message: string;
  readonly suggestion?: string;
}
