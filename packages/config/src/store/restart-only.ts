import { assemble } from '../reading/assemble.ts';
import type { ConfigDefinition } from '../fields/definition.ts';
import { sameValue } from './frozen.ts';
import type { Loaded } from '../reading/load-layers.ts';
import { valueAt } from '../fields/plain-object.ts';
import type { Problem } from '../describe/problems.ts';
import { problemsOf } from '../reading/source.ts';

export type KeptResult<T> =
  | { readonly ok: true; readonly loaded: Loaded<T>; readonly restartRequired: readonly string[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * The next configuration, with the running value of every key that only a restart can change. The combination must pass
 * the rules between keys too: a file that both moves the server to loopback and disables authentication must not leave the
 * running server open on its old address.
 */
export function keepRestartOnly<T>(
  definition: ConfigDefinition<T>,
  running: Loaded<T>,
  next: Loaded<T>,
): KeptResult<T> {
  const assignments = new Map(next.assignments);
  const restartRequired: string[] = [];
  for (const { key, path, field } of definition.leaves) {
    if (field.reload !== 'restart' || sameValue(valueAt(running.values, path), valueAt(next.values, path))) continue;
    const current = running.assignments.get(key);
    restartRequired.push(key);
    if (current === undefined) assignments.delete(key);
    else assignments.set(key, current);
  }
  if (restartRequired.length === 0) return { ok: true, loaded: next, restartRequired };
  const { values, issues } = assemble(definition, assignments, next.folder);
  if (issues.length === 0) return { ok: true, loaded: { ...next, values, assignments }, restartRequired };
  const waiting = `(until a restart, ${restartRequired.join(', ')} ${restartRequired.length === 1 ? 'keeps its' : 'keep their'} running value)`;
  return {
    ok: false,
    problems: problemsOf(issues.map((issue) => ({ ...issue, message: `${issue.message} ${waiting}` }))),
  };
}
