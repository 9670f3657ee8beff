/**
 * A program as a tool: its declaration becomes an input schema, a template of its arguments, and a `run` that starts it.
 *
 *   checked input + checked targets -> template -> argument list -> launcher -> output text -> meaning of the exit code
 */

import type { Availability, ProgramContext, ToolDefinition } from '../declare/tool-definition.ts';
import { ToolDefinitionError } from '../result/tool-error.ts';
import type { ProgramArgument, ProgramSpec } from '../launcher/program.ts';
import type { ToolContent } from '../result/tool-result.ts';
import { fillTemplate, splitField, targetText, templateOf, type Template } from './argument-template.ts';
import {
  commandInputJsonSchema,
  commandInputSchema,
  stdinParameterOf,
  targetParametersOf,
  type CommandInput,
} from './command-input.ts';
import { commandOutputJsonSchema } from './command-output-schema.ts';
import { DEFAULT_GRACE_MS, resourceLimitsOf, type CommandToolSpec } from './command-spec.ts';
import { lintCommandTool } from './lint/lint-command-tool.ts';
import { findProgram, isStillExecutable, type ProgramFile } from './program/program-file.ts';
import { environmentOf, placeProblems } from './program/program-environment.ts';
import { readSecrets, secretsAvailable } from './program/program-secrets.ts';
import { limitsAvailable, resourceReport } from './resource-report.ts';
import { resolvePaths } from './resolve-paths.ts';
import { runProgram } from './run-command.ts';

/** Beyond the grace period: time for SIGKILL to act and for the last output to arrive. */
const SETTLE_SPARE_MS = 1500;

/**
 * Declares a program as a tool. The program is looked up now, once; a missing one makes the tool unavailable, not wrong.
 * @throws {ToolDefinitionError} for everything that `lintCommandTool` calls an error, and for a program that must not be run
 */
export function defineCommandTool(spec: CommandToolSpec): ToolDefinition {
  const file = findProgram(spec.command);
  const errors = lintCommandTool(spec).filter((finding) => finding.severity === 'error');
  const problems = [
    ...errors.map((finding) => `${finding.path.join('.')}: ${finding.message} ${finding.suggestion}`),
    ...(file.found ? file.risks : []),
    ...placeProblems(spec),
    ...(file.found && file.interpreter && spec.allowInterpreter !== true
      ? [
          'Its program is a shell, an interpreter or starts other programs: set allowInterpreter to true if that is meant.',
        ]
      : []),
  ];
  if (problems.length > 0) throw new ToolDefinitionError(spec.name, problems);
  const template = templateOf(spec);
  const targetFlags = targetFlagsOf(spec);
  const {
    name,
    title,
    description,
    annotations,
    circuitBreaker,
    timeoutMs,
    concurrency,
    queue,
    maxOutputBytes,
    maxReadBytes,
    job,
    confirm,
  } = spec;
  const hasPaths = Object.values(spec.parameters ?? {}).some(({ type }) => type === 'path');
  const graceMs = spec.graceMs ?? DEFAULT_GRACE_MS;
  const outputJsonSchema = commandOutputJsonSchema(spec);
  return {
    kind: 'command',
    name,
    description,
    ...(title === undefined ? {} : { title }),
    ...(annotations === undefined ? {} : { annotations }),
    ...(circuitBreaker === undefined ? {} : { circuitBreaker }),
    ...(job === undefined ? {} : { job }),
    ...(confirm === undefined ? {} : { confirm }),
    ...(spec.sandbox === undefined ? {} : { sandbox: spec.sandbox }),
    limits: { timeoutMs, concurrency, queue, maxOutputBytes, maxReadBytes },
    input: commandInputSchema(spec),
    inputJsonSchema: commandInputJsonSchema(spec),
    ...(outputJsonSchema === undefined ? {} : { outputJsonSchema }),
    targets: targetParametersOf(spec),
    settleMs: graceMs + SETTLE_SPARE_MS,
    available: () => availabilityOf(spec, file),
    resources: (timeout) => resourceReport(spec, timeout),
    async run(input: CommandInput, context: ProgramContext): Promise<ToolContent> {
      const values = hasPaths ? await resolvePaths(spec.parameters ?? {}, input.arguments) : input.arguments;
      const given = { args: buildArguments(template, targetFlags, values, context), stdin: stdinOf(spec, values) };
      return runProgram(spec, file, programSpec(spec, file, given, context, graceMs), context);
    },
  };
}

function availabilityOf(spec: CommandToolSpec, file: ProgramFile): Availability {
  if (!file.found) return { ok: false, reason: file.reason };
  return isStillExecutable(file.path)
    ? firstProblem(limitsAvailable(spec), secretsAvailable(spec))
    : { ok: false, reason: 'Its program has disappeared since it was loaded.' };
}

function firstProblem(...availabilities: readonly Availability[]): Availability {
  return availabilities.find(({ ok }) => !ok) ?? { ok: true };
}

/** The token in front of each target parameter that declares one. */
function targetFlagsOf({ parameters = {} }: CommandToolSpec): ReadonlyMap<string, string> {
  const flags = Object.entries(parameters).flatMap(([name, { type, flag }]): [string, string][] =>
    type === 'target' && flag !== undefined ? [[name, flag]] : [],
  );
  return new Map(flags);
}

/** Exactly the template, with each placeholder replaced by its checked value. */
function buildArguments(
  template: Template,
  targetFlags: ReadonlyMap<string, string>,
  values: CommandInput['arguments'],
  context: Pick<ProgramContext, 'targets'>,
): readonly ProgramArgument[] {
  return fillTemplate(template, (placeholder) => {
    const { name, field } = splitField(placeholder);
    const target = context.targets.get(name);
    if (target === undefined) return values.get(placeholder) ?? [];
    const flag = targetFlags.get(name);
    const argument: ProgramArgument = { text: targetText(target, field), role: 'target' };
    return flag === undefined ? [argument] : [{ text: flag, role: 'flag' }, argument];
  });
}

/** Undefined where the program reads nothing. */
function stdinOf(spec: CommandToolSpec, values: CommandInput['arguments']): string | undefined {
  const parameter = stdinParameterOf(spec);
  return parameter === undefined ? (spec.stdin as string | undefined) : values.get(parameter)?.at(-1)?.text;
}

function programSpec(
  spec: CommandToolSpec,
  file: ProgramFile,
  { args, stdin }: { readonly args: readonly ProgramArgument[]; readonly stdin: string | undefined },
  context: ProgramContext,
  graceMs: number,
): ProgramSpec {
  return {
    program: file.found ? file.path : '',
    args,
    maxOutputBytes: context.maxReadBytes,
    graceMs,
    limits: resourceLimitsOf(spec, context.timeoutMs),
    environment: environmentOf(spec),
    ...(spec.secrets === undefined ? {} : { secrets: readSecrets(spec) }),
    ...(spec.cwd === undefined ? {} : { workingDirectory: spec.cwd }),
    ...(stdin === undefined ? {} : { stdin: Buffer.from(stdin) }),
    ...(spec.sandbox === undefined ? {} : { sandbox: spec.sandbox }),
  };
}
