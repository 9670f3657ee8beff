import { locate } from '../reading/assemble.ts';
import type { ConfigDefinition } from '../fields/definition.ts';
import type { Change } from './diff.ts';
import type { DeepReadonly } from './frozen.ts';
import type { Loaded } from '../reading/load-layers.ts';
import { ConfigVeto } from '../describe/problems.ts';
import type { Problem, VetoProblem } from '../describe/problems.ts';
import { scrub } from '../fields/secret.ts';
import type { Secret } from '../fields/secret.ts';
import { problemsOf } from '../reading/source.ts';

/** A part of the application that has a say in a new configuration. */
export interface Subscriber<T> {
  /** Shown when this subscriber refuses or fails. */
  readonly name: string;
  /**
   * Called before the swap; throw a {@link ConfigVeto} to refuse. At the start it is called with `previous` undefined.
   * It must change nothing: another subscriber may still refuse.
   */
  check?(
    next: DeepReadonly<T>,
    previous: DeepReadonly<T> | undefined,
    changes: readonly Change[],
  ): void | PromiseLike<void>;
  /** Called after the swap. When it throws, the swap is undone and it is called on those already told, the other way round. */
  apply?(next: DeepReadonly<T>, previous: DeepReadonly<T>, changes: readonly Change[]): void | PromiseLike<void>;
}

/** Asks every subscriber, and returns all their refusals. RawInputs of other people's errors are scrubbed of secrets. */
export async function validateWithSubscribers<T>(
  subscribers: Iterable<Subscriber<T>>,
  next: DeepReadonly<T>,
  previous: DeepReadonly<T> | undefined,
  changes: readonly Change[],
  secrets: readonly Secret[],
): Promise<readonly VetoProblem[]> {
  const refusals: VetoProblem[] = [];
  for (const subscriber of subscribers) {
    try {
      await subscriber.check?.(next, previous, changes);
    } catch (error) {
      if (error instanceof ConfigVeto) refusals.push(...error.problems);
      else refusals.push({ path: [], message: `${subscriber.name} could not check it: ${reasonOf(error)}` });
    }
  }
  return refusals.map(({ path, message, suggestion }) => ({
    path,
    message: scrub(message, secrets),
    ...(suggestion === undefined ? {} : { suggestion: scrub(suggestion, secrets) }),
  }));
}

/**
 * Tells every subscriber. When one throws, those told before it are told the reverse, last first, and the reason is
 * returned.
 */
export async function applyAll<T>(
  subscribers: Iterable<Subscriber<T>>,
  next: DeepReadonly<T>,
  previous: DeepReadonly<T>,
  changes: readonly Change[],
): Promise<string | undefined> {
  const told: Subscriber<T>[] = [];
  for (const subscriber of subscribers) {
    try {
      await subscriber.apply?.(next, previous, changes);
      told.unshift(subscriber);
    } catch (error) {
      const reversed = changes.map(reverse);
      const failures = [`${subscriber.name} could not apply it: ${reasonOf(error)}`];
      for (const earlier of told) {
        try {
          await earlier.apply?.(previous, next, reversed);
        } catch (failure) {
          failures.push(`${earlier.name} could not go back: ${reasonOf(failure)}`);
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

/** Gives refusals their file, line and column. */
export function vetoProblems<T>(
  definition: ConfigDefinition<T>,
  loaded: Loaded<T>,
  refusals: readonly VetoProblem[],
): readonly Problem[] {
  return problemsOf(
    refusals.map(({ path, message, suggestion }) => ({
      rule: 'veto',
      path,
      message,
      ...(suggestion === undefined ? {} : { suggestion }),
      ...locate(definition, loaded.assignments, path),
    })),
  );
}
