import { ToolError } from '@mcp/tool-base';
import type {
  Availability,
  ConfirmMode,
  JsonSchema,
  PartialToolLimits,
  ProgramContext,
  TargetParameter,
  ToolAnnotations,
  ToolBreakerOptions,
  ToolDefinition,
} from '@mcp/tool-base';
import type { ApiClient } from './egress/api-client.ts';
import { isSafe, type HttpMethod, type PreparedRequest } from './request/prepared-request.ts';
import { shapeResponse, type ResponseKind } from './response/shape-response.ts';
import { checkSchema } from './schema/check-schema.ts';
import type { SharedDefinitions } from './schema/shared-definitions.ts';

/** One request as a tool, however it was described. */
export interface OperationSpec {
  readonly name: string;
  readonly title?: string | undefined;
  readonly description: string;
  readonly keywords?: string | undefined;
  readonly annotations?: ToolAnnotations | undefined;
  readonly limits?: PartialToolLimits | undefined;
  readonly circuitBreaker?: ToolBreakerOptions | undefined;
  /** Asks the client's user before each call. @default never */
  readonly confirm?: ConfirmMode | undefined;
  readonly method: HttpMethod;
  /** Arguments, as JSON Schema 2020-12 of an object. */
  readonly input: JsonSchema;
  /** Prepares the definitions of `input` for checking, once for all operations of a document. @default its own */
  readonly definitions?: SharedDefinitions | undefined;
  readonly targets?: readonly TargetParameter[] | undefined;
  readonly response?: ResponseKind | undefined;
  /** @throws {ToolError} `validation_error` for arguments that cannot be sent */
  readonly prepare: (input: Readonly<Record<string, unknown>>) => PreparedRequest;
}

/** The definition of a tool that sends one request to the API of `client`. */
export function defineOperation(spec: OperationSpec, client: ApiClient): ToolDefinition {
  const { name, title, description, keywords, limits, circuitBreaker, confirm, method, prepare } = spec;
  return {
    kind: 'operation',
    name,
    description,
    ...(title === undefined ? {} : { title }),
    ...(keywords === undefined ? {} : { keywords }),
    annotations: { ...methodHints(method), ...spec.annotations },
    ...(limits === undefined ? {} : { limits }),
    ...(circuitBreaker === undefined ? {} : { circuitBreaker }),
    ...(confirm === undefined ? {} : { confirm }),
    input: checkSchema(spec.input, spec.definitions),
    inputJsonSchema: spec.input,
    targets: spec.targets ?? [],
    settleMs: 0,
    available: (): Availability => ({ ok: true }),
    async run(input: Readonly<Record<string, unknown>>, { signal, maxReadBytes }: ProgramContext) {
      const response = await client.send(prepared(prepare, input), { signal, maxBytes: maxReadBytes });
      return shapeResponse(response, method, spec.response);
    },
  };
}

function prepared(prepare: OperationSpec['prepare'], input: Readonly<Record<string, unknown>>): PreparedRequest {
  try {
    return prepare(input);
  } catch (error) {
    // What writes a value goes into it as deep as it is.
    if (error instanceof RangeError) throw new ToolError('validation_error', 'The arguments are nested too deeply.');
    throw error;
  }
}

/** What the method promises by RFC 9110. */
function methodHints(method: HttpMethod): ToolAnnotations {
  if (isSafe(method)) return { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true };
  const idempotent = method === 'PUT' || method === 'DELETE';
  return {
    readOnlyHint: false,
    ...(method === 'DELETE' && { destructiveHint: true }),
    ...(idempotent && { idempotentHint: true }),
    openWorldHint: true,
  };
}
