import { statSync } from 'node:fs';
import type { CommandToolSpec } from '../command-spec.ts';

/** Names that programs and shells accept; `TMPDIR` is the private folder of the run. */
export const ENVIRONMENT_NAME: RegExp = /^(?!TMPDIR$)[A-Za-z_][A-Za-z0-9_]{0,127}$/;

/** The variables of a program besides the fixed ones and its secrets. */
export function environmentOf({
  env = {},
  passEnv = [],
}: Pick<CommandToolSpec, 'env' | 'passEnv'>): Readonly<Record<string, string>> {
  const passed = passEnv.flatMap((name): [string, string][] => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return { ...Object.fromEntries(passed), ...env };
}

/** What is wrong with the folders that the program is given; reads the file system. */
export function placeProblems({ cwd, parameters = {} }: CommandToolSpec): readonly string[] {
  const folders = Object.entries(parameters).flatMap(([name, parameter]): [string, string][] =>
    parameter.type === 'path' ? [[`parameters.${name}.within`, parameter.within]] : [],
  );
  if (cwd !== undefined) folders.push(['cwd', cwd]);
  return folders.flatMap(([key, folder]) => {
    if (!folder.startsWith('/')) return [`${key}: It is not an absolute path. Name a folder that exists.`];
    return statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true
      ? []
      : [`${key}: It is not a folder. Make the folder, or name one that exists.`];
  });
}

/** Problems of the declaration alone, by path. */
export function environmentProblems({
  env = {},
  passEnv = [],
  secrets = {},
}: CommandToolSpec): readonly (readonly [path: readonly string[], message: string, suggestion: string])[] {
  const names = [
    ...Object.keys(env).map((name) => ['env', name] as const),
    ...passEnv.map((name) => ['passEnv', name] as const),
    ...Object.keys(secrets).map((name) => ['secrets', name] as const),
  ];
  const seen = new Map<string, string>();
  return names.flatMap(([key, name]): [readonly string[], string, string][] => {
    const earlier = seen.get(name);
    seen.set(name, key);
    if (!ENVIRONMENT_NAME.test(name)) {
      return [[[key], `${name} is not the name of a variable, or TMPDIR.`, 'Use letters, digits and "_".']];
    }
    return earlier === undefined ? [] : [[[key], `${name} is also in ${earlier}.`, 'Keep one of the two.']];
  });
}
