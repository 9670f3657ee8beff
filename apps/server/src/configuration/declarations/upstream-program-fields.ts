/** The keys of an upstream that is a program. */
import { basename } from 'node:path';

import { choice, duration, group, list, optional, text, type Field, type GroupProblem } from '@mcp/config';

import { COMMAND_PATTERN } from '../fields/command-fields.ts';
import { programInputFields } from '../fields/program-fields.ts';
import { resourcesField } from '../fields/resource-fields.ts';
import { toolSandboxField } from '../fields/sandbox-section.ts';
import type { UpstreamConfig, UpstreamProgramConfig, UpstreamRestartConfig } from '../shape/upstream-config.ts';

const { env, passEnv, secrets, cwd } = programInputFields;

export const upstreamProgramFields: { readonly [K in keyof UpstreamProgramConfig]: Field<UpstreamProgramConfig[K]> } = {
  command: optional(
    list(text({ doc: 'The program, then each argument.', minLength: 0, maxLength: 4096 }), {
      doc: 'A program that speaks MCP over stdio, and its arguments, which no shell reads. Instead of url.',
      minItems: 1,
      maxItems: 256,
    }),
  ),
  env,
  passEnv,
  secrets,
  cwd,
  sandbox: optional(toolSandboxField()),
  limits: optional(resourcesField()),
  start: choice(['lazy', 'eager'], {
    doc: 'lazy: the program runs while calls need it; eager: it is started at once and again after each end.',
    default: 'lazy',
  }),
  restart: optional(
    group<UpstreamRestartConfig>(
      {
        initial: duration({
          doc: 'The wait after the first failure; it doubles with each.',
          min: 0.1,
          max: 600,
          default: 1,
        }),
        max: duration({ doc: 'The longest wait.', min: 0.1, max: 3600, default: 60 }),
        stableAfter: duration({
          doc: 'How long it must have run for the waits to begin anew.',
          min: 1,
          max: 3600,
          default: 30,
        }),
      },
      { doc: 'How soon a program that ended by itself is started again.', check: waitProblems },
    ),
  ),
};

function waitProblems({ initial, max }: UpstreamRestartConfig): GroupProblem[] {
  if (initial <= max) return [];
  return [{ path: ['initial'], message: 'is longer than max, the longest wait', suggestion: 'lower it, or raise max' }];
}

/** Exactly one of a URL and a program, and no key that the other kind alone has. */
export function endpointProblems(upstream: UpstreamConfig): GroupProblem[] {
  const { url, command } = upstream;
  if ((url === undefined) === (command === undefined)) {
    const suggestion = 'give url for a server on the network, or command for a program';
    return [{ path: [], message: 'must have exactly one of url and command', suggestion }];
  }
  return command === undefined ? foreignKeys(upstream, PROGRAM_ONLY, 'command') : programProblems(upstream, command);
}

function programProblems(upstream: UpstreamConfig, [program = '']: readonly string[]): GroupProblem[] {
  const problems = foreignKeys(upstream, URL_ONLY, 'url');
  if (COMMAND_PATTERN.test(program)) return problems;
  const suggestion =
    'give an absolute path such as /usr/bin/node, or a bare program name, and each argument as an item of its own';
  return [{ path: ['command', '0'], message: 'is not a program', suggestion }, ...problems];
}

const PROGRAM_ONLY = ['env', 'passEnv', 'secrets', 'cwd', 'sandbox', 'limits', 'restart'] as const;
const URL_ONLY = ['auth', 'headers', 'egress', 'tls'] as const;

function foreignKeys(upstream: UpstreamConfig, keys: readonly (keyof UpstreamConfig)[], other: string): GroupProblem[] {
  return keys.flatMap((key) => {
    const value = upstream[key];
    if (value === undefined || (typeof value === 'object' && Object.keys(value).length === 0)) return [];
    return [{ path: [key], message: `has no effect without ${other}`, suggestion: 'remove it' }];
  });
}

/** How many of the upstreams are programs. */
export function programCount(upstreams: Readonly<Record<string, Pick<UpstreamConfig, 'command'>>>): number {
  return Object.values(upstreams).filter(({ command }) => command !== undefined).length;
}

/** A package runner takes the newest version at each start, which nobody has looked at. */
export function runsNewestVersion([program = '', ...args]: readonly string[]): boolean {
  if (!['npx', 'uvx', 'bunx', 'pnpx'].includes(basename(program))) return false;
  const name = args.find((each) => !each.startsWith('-'));
  return name !== undefined && !/.[@=]/.test(name);
}

/** Words that a shell would have changed. They may be meant: some programs expand `~/` and `${NAME}` themselves. */
const FOR_A_SHELL = /^~(?:\/|$)|^\$[A-Za-z_]\w*(?:\/|$)|^%[A-Za-z_]\w*%|^[^\s()`]*\$\{[A-Za-z_][\w:]*\}[^\s()`]*$/;

/** Places of such words in a command, from 1 on. */
export function unexpandedWords([, ...args]: readonly string[]): number[] {
  return args.flatMap((word, index) => (FOR_A_SHELL.test(word) ? [index + 1] : []));
}
