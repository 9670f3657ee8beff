import type { StandardSchemaV1 } from '@standard-schema/spec';
import { isTargetKind, TARGET_KINDS } from '../target/target-kind.ts';
import { ToolDefinitionError } from '../result/tool-error.ts';
import { fromJsonSchema } from './from-json-schema.ts';
import { isObjectSchema } from './json-schema.ts';
import {
  problemsOf,
  type Availability,
  type JsonSchemaToolSpec,
  type ToolDefinition,
  type ToolSpec,
} from './tool-definition.ts';

/**
 * Declares a function tool. Nothing runs until a `Tool` is made of it.
 * @throws {ToolDefinitionError} listing every problem
 */
export function defineTool<Input extends StandardSchemaV1>(spec: ToolSpec<Input>): ToolDefinition;
/** The same with plain JSON Schema as `input`. */
export function defineTool(spec: JsonSchemaToolSpec): ToolDefinition;
export function defineTool(spec: ToolSpec<StandardSchemaV1> | JsonSchemaToolSpec): ToolDefinition {
  const problems = [...problemsOf(spec)];
  const input = readSchema('input', spec.input ?? spec.inputJsonSchema, problems);
  const output = spec.output === undefined ? undefined : readSchema('output', spec.output, problems);
  if (typeof spec.run !== 'function') problems.push('run must be a function.');
  if (spec.target !== undefined && !isTargetKind(spec.target.kind)) {
    problems.push(`target.kind must be one of ${TARGET_KINDS.join(', ')}.`);
  }
  if (input === undefined || problems.length > 0) throw new ToolDefinitionError(spec.name, problems);
  const { target, available, run, output: _, ...rest } = spec;
  return {
    ...rest,
    ...(output === undefined ? {} : { output }),
    input,
    kind: 'function',
    targets: target === undefined ? [] : [target],
    settleMs: 0,
    available: available ?? ((): Availability => ({ ok: true })),
    run,
  };
}

const EXPECTED =
  'give a schema such as z.object({ ... }) of a library that supports Standard Schema, or a JSON Schema with type: "object"';

/** A Standard Schema as it is, JSON Schema as a Standard Schema. */
function readSchema(side: 'input' | 'output', given: unknown, problems: string[]): StandardSchemaV1 | undefined {
  if (isStandardSchema(given)) return given;
  if (given === undefined) {
    problems.push(`${side} is missing: ${EXPECTED}; for a tool without arguments { type: "object", properties: {} }.`);
  } else if (!isObjectSchema(given)) {
    problems.push(`${side} is not a schema: ${EXPECTED}.`);
  } else if (given['type'] === 'object') {
    try {
      return fromJsonSchema(given);
    } catch (error) {
      problems.push(`${side}: ${(error as Error).message}`);
    }
  } else if (Object.values(given).length > 0 && Object.values(given).every(isStandardSchema)) {
    problems.push(
      `${side} is a plain object of schemas: wrap it in the object schema of its library, as in z.object({ ... }).`,
    );
  } else {
    problems.push(`${side} is not a schema: ${EXPECTED}.`);
  }
  return undefined;
}

/** Some libraries make schemas of functions. */
function isStandardSchema(value: unknown): value is StandardSchemaV1 {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  const props = (value as Partial<StandardSchemaV1>)['~standard'];
  return typeof props === 'object' && typeof props.validate === 'function';
}
