import { locate } from '../reading/assemble.ts';
import type { ConfigDefinition } from '../fields/definition.ts';
import type { Change } from './diff.ts';
import type { DeepReadonly } from './frozen.ts';
import type { Loaded } from '../reading/load-layers.ts';
import { ConfigVetoError } from '../describe/problems.ts';
import type { Problem, VetoProblem } from '../describe/problems.ts';
import { redactSecrets } from '../fields/secret.ts';
import type { Secret } from '../fields/secret.ts';
import { problemsOf } from '../reading/source.ts';

/** A part of the application that checks a new configuration and applies it. */
export interface Subscriber<T> {
  /** Shown in messages when this subscriber fails. */
  readonly name: string;
  /**
   * Called before the snapshot is replaced. At the load `previous` is undefined. It must change nothing, because another
   * subscriber may still veto the configuration.
   * @throws {ConfigVetoError} to reject the configuration
   */
  check?(
    next: DeepReadonly<T>,
    previous: DeepReadonly<T> | undefined,
    changes: readonly Change[],
  ): void | PromiseLike<void>;
  /**
   * Called after the snapshot was replaced. When it throws, the old snapshot returns, and the subscribers that were already
   * called are called again with `next` and `previous` exchanged, in reverse order.
   */
  apply?(next: DeepReadonly<T>, previous: DeepReadonly<T>, changes: readonly Change[]): void | PromiseLike<void>;
}

/** Asks every subscriber, and returns all their refusals. RawInputs of other people's errors are redactSecretsbed of secrets. */
export async function validateWithSubscribers<T>(
  subscribers: Iterable<Subscriber<T>>,
  next: DeepReadonly<T>,
  previous: DeepReadonly<T> | undefined,
  changes: readonly Change[],
  secrets: readonly Secret[],
): Promise<readonly VetoProblem[]> {
  const vetoes: VetoProblem[] = [];
  for (const subscriber of subscribers) {
    try {
      await subscriber.check?.(next, previous, changes);
    } catch (error) {
      if (error instanceof ConfigVetoError) vetoes.push(...error.problems);
      else vetoes.push({ path: [], message: `${subscriber.name} could not check it: ${reasonOf(error)}` });
    }
  }
  return vetoes.map(({ path, message, suggestion }) => ({
    path,
    message: redactSecrets(message, secrets),
    ...(suggestion === undefined ? {} : { suggestion: redactSecrets(suggestion, secrets) }),
  }));
}

/**
 * Calls `apply` of every subscriber. When one throws, those called before it are called with the reversed change, last
 * first, and the reason is returned.
 */
export async function applyAll<T>(
  subscribers: Iterable<Subscriber<T>>,
  next: DeepReadonly<T>,
  previous: DeepReadonly<T>,
  changes: readonly Change[],
): Promise<string | undefined> {
  const applied: Subscriber<T>[] = [];
  for (const subscriber of subscribers) {
    try {
      await subscriber.apply?.(next, previous, changes);
      applied.unshift(subscriber);
    } catch (error) {
      const reversed = changes.map(reverse);
      const failures = [`${subscriber.name} could not apply it: ${reasonOf(error)}`];
      for (const earlier of applied) {
        try {
          await earlier.apply?.(previous, next, reversed);
        } catch (failure) {
          failures.push(`${earlier.name} could not undo it: ${reasonOf(failure)}`);
        }
      }
      return failures.join('; ');
    }
  }
  return undefined;
}

function reverse({ path, kind, from, to }: Change): Change {
  const reversedKind = kind === 'added' ? 'removed' : kind === 'removed' ? 'added' : 'changed';
  return { path, kind: reversedKind, from: to, to: from };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'an unknown reason';
}

/** The vetoes as problems, with file, line and column. */
export function vetoProblems<T>(
  definition: ConfigDefinition<T>,
  loaded: Pick<Loaded<T>, 'assignments'>,
  vetoes: readonly VetoProblem[],
): readonly Problem[] {
  return problemsOf(
    vetoes.map(({ path, message, suggestion }) => ({
      rule: 'veto',
      path,
      message,
      ...(suggestion === undefined ? {} : { suggestion }),
      ...locate(definition, loaded.assignments, path),
    })),
  );
}
