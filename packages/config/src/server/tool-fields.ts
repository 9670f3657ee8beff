import { group, list, map, optional } from '../fields/composite-fields.ts';
import { duration } from '../fields/duration.ts';
import type { Field, GroupProblem } from '../fields/field.ts';
import { boolean, choice, integer, text } from '../fields/scalar-fields.ts';
import { breakerOverrides } from './circuit-breaker-section.ts';
import { FLAG_TOKEN, TARGET_KINDS, argumentsField, commandField, resolveMode } from './command-fields.ts';
import { isInterpreter } from './interpreters.ts';
import { flagField, parameterField } from './parameter-fields.ts';
import type {
  QueueDeclaration,
  TargetKind,
  ToolAnnotations,
  ToolBreakerDeclaration,
  ToolDeclaration,
} from './tool-declaration.ts';

/** Names that tools and parameters may have; the first is the rule of MCP itself. */
export const TOOL_NAME: RegExp = /^[A-Za-z0-9_.-]{1,128}$/;

const PARAMETER_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

/** A program declared under `tools:`. */
export function toolField(): Field<ToolDeclaration> {
  return group<ToolDeclaration>(
    {
      description: text({ doc: 'What callers are told about it.', maxLength: 1024 }),
      title: optional(text({ doc: 'A name for people.', maxLength: 128 })),
      command: commandField('The program: an absolute path, or a bare name that is looked up once at load.'),
      args: argumentsField('The arguments; {target}, {extraArgs} and {parameter} stand for checked values.'),
      target: choice([...TARGET_KINDS, 'none'], {
        doc: 'What kind of target a call names.',
        default: 'none',
      }) as Field<TargetKind>,
      resolve: resolveMode(),
      parameters: map(parameterField(), {
        doc: 'Typed parameters of a call.',
        default: {},
        keyPattern: PARAMETER_NAME,
        keyExpected: 'a name of letters, digits and underscores',
        maxEntries: 64,
      }),
      flags: map(flagField(), {
        doc: 'The tokens that extraArgs may hold, and the value each takes. Without any the tool takes no extraArgs.',
        default: {},
        keyPattern: FLAG_TOKEN,
        keyExpected: 'a flag such as -c or --count',
        maxEntries: 256,
      }),
      timeout: optional(duration({ doc: 'How long one run may take.', min: 0.1, max: 3600 })),
      concurrency: optional(integer({ doc: 'How many runs at the same time.', min: 1, max: 100 })),
      queue: optional(
        group<QueueDeclaration>(
          {
            size: integer({ doc: 'Calls that may wait for a free slot; 0 refuses at once.', min: 0, max: 10_000 }),
            timeout: duration({ doc: 'How long a call may wait.', min: 0, max: 3600, default: 30 }),
          },
          { doc: 'Calls waiting for a free slot.' },
        ),
      ),
      successExitCodes: exitCodes('Exit codes that mean success.', [0]),
      domainExitCodes: map(text({ doc: 'What the code means.', maxLength: 256 }), {
        doc: 'Exit codes that are an ordinary answer, each with its meaning.',
        default: {},
        keyPattern: /^(?:0|[1-9]\d?|1\d\d|2[0-4]\d|25[0-5])$/,
        keyExpected: 'an exit code from 0 to 255',
        maxEntries: 256,
      }),
      failureExitCodes: exitCodes('Exit codes that count against the circuit breaker.', []),
      output: choice(['text', 'json', 'lines'], { doc: 'How the output is read.', default: 'text' }),
      allowInterpreter: boolean({
        doc: 'Says that command may be a shell, an interpreter or a launcher, which can run anything.',
        default: false,
      }),
      circuitBreaker: optional(
        group<ToolBreakerDeclaration>(
          {
            ...breakerOverrides(),
            scope: choice(['tool', 'target'], {
              doc: 'One breaker for the tool, or one for each target.',
              default: 'tool',
            }),
            timeoutIsFailure: boolean({ doc: 'Whether a timeout counts against the breaker.', default: true }),
          },
          { doc: 'Settings of this tool’s circuit breaker.' },
        ),
      ),
      annotations: optional(
        group<ToolAnnotations>(
          {
            readOnlyHint: optional(boolean({ doc: 'It changes nothing.' })),
            destructiveHint: optional(boolean({ doc: 'It may destroy something.' })),
            idempotentHint: optional(boolean({ doc: 'Doing it twice does no more than doing it once.' })),
            openWorldHint: optional(boolean({ doc: 'It reaches outside this machine.' })),
          },
          { doc: 'Hints for MCP clients.' },
        ),
      ),
    },
    { doc: 'A program offered as a tool.', check: toolProblems },
  );
}

function exitCodes(doc: string, defaults: readonly number[]): Field<readonly number[]> {
  return list(integer({ doc: 'An exit code.', min: 0, max: 255 }), {
    doc,
    default: defaults,
    maxItems: 256,
    unique: true,
  });
}

function toolProblems(tool: ToolDeclaration): GroupProblem[] {
  const problems: GroupProblem[] = [];
  if (isInterpreter(tool.command) && !tool.allowInterpreter) {
    problems.push({
      path: ['command'],
      message: `(${tool.command}) is a shell, an interpreter or a launcher, which can run anything`,
      suggestion: 'name the program itself, or add allowInterpreter: true if that is meant',
    });
  }
  const meanings = new Map<number, string>();
  const codes = [
    ['successExitCodes', tool.successExitCodes],
    ['domainExitCodes', Object.keys(tool.domainExitCodes).map(Number)],
    ['failureExitCodes', tool.failureExitCodes],
  ] as const;
  for (const [key, list] of codes) {
    for (const code of list) {
      const earlier = meanings.get(code);
      if (earlier === undefined) meanings.set(code, key);
      else problems.push({ path: [key], message: `holds exit code ${code}, which is also in ${earlier}` });
    }
  }
  for (const name of ['target', 'extraArgs']) {
    if (Object.hasOwn(tool.parameters, name)) {
      problems.push({
        path: ['parameters', name],
        message: 'is a name that every tool already has',
        suggestion: 'choose another name',
      });
    }
  }
  return problems;
}
