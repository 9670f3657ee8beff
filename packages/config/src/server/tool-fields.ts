import { group, list, map, optional, variant } from '../composite-fields.ts';
import { duration } from '../duration.ts';
import type { AnyField, Field, GroupProblem } from '../field.ts';
import { boolean, choice, integer, number, text } from '../scalar-fields.ts';
import { isInterpreter } from './interpreters.ts';
import { breakerOverrides } from './circuit-breaker-section.ts';
import type {
  FlagDeclaration,
  ParameterDeclaration,
  QueueDeclaration,
  ResolveMode,
  TargetKind,
  ToolAnnotations,
  ToolBreakerDeclaration,
  ToolDeclaration,
} from './tool-declaration.ts';

const TARGET_KINDS = ['ip', 'host', 'ip_or_host', 'cidr', 'url'] as const;
const MAX_INTEGER = Number.MAX_SAFE_INTEGER;

/** Names that tools and parameters may have; the first is the rule of MCP itself. */
export const TOOL_NAME: RegExp = /^[A-Za-z0-9_.-]{1,128}$/;
const PARAMETER_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
/** `-c`, `--count` or dig's `+short`. */
const FLAG_TOKEN = /^(?:--?|\+)[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;

/** An absolute path without `.` and `..`, or a bare program name. */
const COMMAND = /^(?:\/(?!\/)(?:(?!\.{1,2}(?:\/|$))[^\s/]+\/)*(?!\.{1,2}$)[^\s/]+|[A-Za-z0-9_][A-Za-z0-9_.+-]{0,127})$/;

export function commandField(doc: string): Field<string> {
  return text({
    doc,
    pattern: COMMAND,
    maxLength: 4096,
    expected: 'an absolute path such as /usr/bin/ping, or a bare program name',
    hint: (value) => (value.includes('/') ? 'write the whole path, without . and .. and without spaces' : undefined),
  });
}

export function argumentsField(doc: string): Field<readonly string[]> {
  return list(text({ doc: 'One argument.', minLength: 0, maxLength: 4096 }), { doc, default: [], maxItems: 256 });
}

function flagToken(doc: string): Field<string> {
  return text({ doc, pattern: FLAG_TOKEN, expected: 'a flag such as -c or --count' });
}

function resolveMode(): Field<ResolveMode> {
  return choice(['pin', 'check', 'off'], {
    doc: 'pin: names are resolved, every address must be allowed, and the checked address is used; check: resolved and checked only; off: the name alone is checked.',
    default: 'pin',
  });
}

function description(): Field<string> {
  return text({ doc: 'What callers are told about it.', maxLength: 1024 });
}

interface Bounds {
  readonly min: number;
  readonly max: number;
}

function boundsProblems({ min, max }: Bounds, value?: number): GroupProblem[] {
  if (min > max) return [{ path: ['min'], message: `(${min}) is above max (${max})` }];
  if (value !== undefined && (value < min || value > max)) {
    return [{ path: ['default'], message: `(${value}) is not between min (${min}) and max (${max})` }];
  }
  return [];
}

function lengthProblems(
  { minLength, maxLength }: { minLength: number; maxLength: number },
  value?: string,
): GroupProblem[] {
  if (minLength > maxLength)
    return [{ path: ['minLength'], message: `(${minLength}) is above maxLength (${maxLength})` }];
  if (value !== undefined && (value.length < minLength || value.length > maxLength)) {
    return [{ path: ['default'], message: `has ${value.length} characters, not ${minLength} to ${maxLength}` }];
  }
  return [];
}

function bounds(whole: boolean): { min: Field<number>; max: Field<number> } {
  const bound = (doc: string): Field<number> =>
    whole ? integer({ doc, min: -MAX_INTEGER, max: MAX_INTEGER }) : number({ doc, min: -1e15, max: 1e15 });
  return { min: bound('The smallest value.'), max: bound('The largest value.') };
}

function enumValues(): Field<readonly string[]> {
  const value = text({
    doc: 'One of the values.',
    maxLength: 256,
    pattern: /^(?!-)/,
    expected: 'a text that does not start with -',
  });
  return list(value, { doc: 'The values that are allowed.', minItems: 1, maxItems: 256, unique: true });
}

function lengths(): { minLength: Field<number>; maxLength: Field<number> } {
  return {
    minLength: integer({ doc: 'Fewest characters.', min: 0, max: 10_240, default: 0 }),
    maxLength: integer({ doc: 'Most characters.', min: 1, max: 10_240 }),
  };
}

const BASE = {
  description: optional(text({ doc: 'What callers are told about the parameter.', maxLength: 1024 })),
  optional: boolean({ doc: 'Whether a call may leave it out; its place in args then stays empty.', default: false }),
  flag: optional(flagToken('A token put in front of the value.')),
};

type Parameter<K extends ParameterDeclaration['type']> = Omit<Extract<ParameterDeclaration, { type: K }>, 'type'>;

type NumericParameter = Omit<Extract<ParameterDeclaration, { type: 'integer' | 'number' }>, 'type'>;

function parameterField(): Field<ParameterDeclaration> {
  const numeric = (whole: boolean): AnyField =>
    group<NumericParameter>(
      {
        ...BASE,
        ...bounds(whole),
        default: optional(bounds(whole).min),
      },
      { doc: whole ? 'A whole number.' : 'A number.', check: (value) => boundsProblems(value, value.default) },
    );
  return variant<ParameterDeclaration>(
    {
      target: group<Parameter<'target'>>(
        {
          ...BASE,
          kind: choice(TARGET_KINDS, { doc: 'What kind of target it is.' }),
          resolve: resolveMode(),
        },
        { doc: 'One more target, held to the same policy as the tool’s own.' },
      ),
      integer: numeric(true),
      number: numeric(false),
      enum: group<Parameter<'enum'>>(
        {
          ...BASE,
          values: enumValues(),
          default: optional(text({ doc: 'The value when a call gives none.', maxLength: 256 })),
        },
        {
          doc: 'One of a few words.',
          check: ({ values, default: value }) =>
            value === undefined || values.includes(value)
              ? []
              : [{ path: ['default'], message: 'is not one of the values' }],
        },
      ),
      string: group<Parameter<'string'>>(
        {
          ...BASE,
          ...lengths(),
          default: optional(text({ doc: 'The value when a call gives none.', minLength: 0, maxLength: 10_240 })),
        },
        { doc: 'A text.', check: (value) => lengthProblems(value, value.default) },
      ),
      ports: group<Parameter<'ports'>>(
        {
          ...BASE,
          default: optional(
            text({
              doc: 'The value when a call gives none.',
              pattern: /^\d{1,5}(?:-\d{1,5})?(?:,\d{1,5}(?:-\d{1,5})?)*$/,
              expected: "ports such as '22,80,8000-8010'",
            }),
          ),
        },
        { doc: 'Ports and port ranges.' },
      ),
      boolean: group<Parameter<'boolean'>>(
        {
          description: BASE.description,
          optional: BASE.optional,
          flag: flagToken('The token that true puts into the arguments.'),
          default: boolean({ doc: 'The value when a call gives none.', default: false }),
        },
        { doc: 'A switch.' },
      ),
    },
    { doc: 'A parameter of the tool.' },
  );
}

function flagField(): Field<FlagDeclaration> {
  const numeric = (whole: boolean): AnyField =>
    group<Bounds>(bounds(whole), {
      doc: whole ? 'A whole number.' : 'A number.',
      check: (value) => boundsProblems(value),
    });
  return variant<FlagDeclaration>(
    {
      none: group<object>({}, { doc: 'The flag takes no value.' }),
      integer: numeric(true),
      number: numeric(false),
      enum: group({ values: enumValues() }, { doc: 'One of a few words.' }),
      text: group(lengths(), {
        doc: 'A text.',
        check: (value: { minLength: number; maxLength: number }) => lengthProblems(value),
      }),
      ports: group<object>({}, { doc: 'Ports and port ranges.' }),
    },
    { doc: 'What the flag takes.', words: ['none', 'ports'] },
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

/** A program declared under `tools:`. */
export function toolField(): Field<ToolDeclaration> {
  return group<ToolDeclaration>(
    {
      description: description(),
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
