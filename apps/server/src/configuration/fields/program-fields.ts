/** What a program of a tool is given: variables, secrets, a folder, text on stdin. */
import {
  choice,
  group,
  list,
  map,
  optional,
  path,
  text,
  textOrMapping,
  type Field,
  variableProblem,
  type GroupProblem,
  type TextProblem,
} from '@mcp/config';
import { ENVIRONMENT_NAME, type CommandToolSpec, type SecretSource } from '@mcp/tool-base';

const VARIABLE_NAME = 'a name of letters, digits and _ other than TMPDIR, such as KUBECONFIG';

export interface SecretDeclaration {
  readonly file: string | undefined;
  readonly variable: string | undefined;
  readonly as: NonNullable<SecretSource['as']>;
}

export interface ProgramInput {
  readonly env: Readonly<Record<string, string>>;
  readonly passEnv: readonly string[];
  readonly secrets: Readonly<Record<string, SecretDeclaration>>;
  readonly cwd: string | undefined;
  readonly stdin: CommandToolSpec['stdin'];
}

export const programInputFields: { readonly [K in keyof ProgramInput]: Field<ProgramInput[K]> } = {
  env: map(
    text({
      doc: 'The value; shown by /config, so no secret.',
      minLength: 0,
      maxLength: 4096,
      problem: notExpanded,
    }),
    {
      doc: 'Variables that the program gets besides PATH, LANG, LC_ALL, TZ, HOME and TMPDIR.',
      default: {},
      keyPattern: ENVIRONMENT_NAME,
      keyExpected: VARIABLE_NAME,
      maxEntries: 100,
    },
  ),
  passEnv: list(text({ doc: 'A variable.', pattern: ENVIRONMENT_NAME, expected: VARIABLE_NAME }), {
    doc: 'Variables of the server that the program gets too, where they are set.',
    default: [],
    maxItems: 100,
    unique: true,
  }),
  secrets: map(secretField(), {
    doc: 'Secrets that the program gets, by variable. They are read for each run, and replaced by [redacted] in its output.',
    default: {},
    keyPattern: ENVIRONMENT_NAME,
    keyExpected: VARIABLE_NAME,
    maxEntries: 20,
  }),
  cwd: optional(
    path({ doc: 'The folder in which the program runs; it must exist. Unset: an empty private one for each run.' }),
  ),
  stdin: optional(
    textOrMapping('parameter', {
      doc: 'What the program reads from stdin. Unset: nothing.',
      mappingDoc: 'for the value of a string parameter',
      minLength: 0,
      maxLength: 65_536,
      multiline: true,
    }),
  ),
};

function notExpanded(text: string): TextProblem | undefined {
  const problem = variableProblem(text);
  return (
    problem && {
      ...problem,
      suggestion: 'write the value itself, or hand on a variable of the server by passEnv or secrets',
    }
  );
}

function secretField(): Field<SecretDeclaration> {
  return group<SecretDeclaration>(
    {
      file: optional(path({ doc: 'The file that holds the value; one line end at its end is left out.' })),
      variable: optional(
        text({ doc: 'The variable of the server that holds it.', pattern: ENVIRONMENT_NAME, expected: VARIABLE_NAME }),
      ),
      as: choice(['environment', 'file'], {
        doc: 'environment: the variable holds the value; file: it holds the path of a private file with the value.',
        default: 'environment',
      }),
    },
    {
      doc: 'Where a secret comes from.',
      namesSecret: true,
      check: sourceProblems,
      otherNames: { env: 'variable', fromEnv: 'variable', path: 'file', fromFile: 'file' },
    },
  );
}

function sourceProblems({ file, variable }: SecretDeclaration): GroupProblem[] {
  if ((file === undefined) !== (variable === undefined)) return [];
  return [
    { path: [], message: 'must have exactly one of file and variable', suggestion: 'say where the value comes from' },
  ];
}
