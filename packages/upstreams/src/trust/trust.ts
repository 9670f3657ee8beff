/** Which of the listed tools or prompts may be offered, given what was approved before. */
import type { Pin, PinnedList, Pinning, Pins } from './pins.ts';

/**
 * `locked`: only what was approved. `firstUse`: the first complete list counts as approved, and what comes or changes later does not.
 * `open`: everything.
 */
export type TrustMode = 'locked' | 'firstUse' | 'open';

/** Where approved tools and prompts are kept, for all upstreams. */
export interface PinStore {
  /**
   * @returns undefined when nothing of this list was approved yet
   * @throws {PinStoreError} when that cannot be known
   */
  read(key: string, list: PinnedList): Pins | undefined;
  /** @throws {PinStoreError} when it cannot be kept */
  write(key: string, list: PinnedList, pins: Pins): void;
}

/** Its message is for the operator. */
export class PinStoreError extends Error {
  override readonly name = 'PinStoreError';
}

/** What is trusted by its own name. */
export interface Named {
  readonly name: string;
}

/** An item that is withheld until somebody approves it. */
export interface Pending<Item> {
  readonly item: Item;
  readonly change: 'new' | 'changed';
  /** As it was approved; absent for a new one. */
  readonly before?: Pin;
  readonly after: Pin;
}

export interface TrustDecision<Item> {
  readonly trusted: readonly Item[];
  readonly pending: readonly Pending<Item>[];
  /** What now counts as approved, where the list is the first one. */
  readonly baseline?: Pins;
}

export function decideTrust<Item extends Named>(
  { pinOf, asApproved }: Pinning<Item>,
  mode: TrustMode,
  pins: Pins | undefined,
  listed: readonly Item[],
): TrustDecision<Item> {
  if (mode === 'open') return { trusted: listed, pending: [] };
  if (mode === 'firstUse' && pins === undefined) {
    const baseline = Object.fromEntries(listed.map((item) => [item.name, pinOf(item)]));
    return { trusted: listed, pending: [], baseline };
  }
  const trusted: Item[] = [];
  const pending: Pending<Item>[] = [];
  for (const item of listed) {
    const before = pins !== undefined && Object.hasOwn(pins, item.name) ? pins[item.name] : undefined;
    const after = pinOf(item);
    if (before?.hash === after.hash) trusted.push(asApproved(item, before));
    else if (before === undefined) pending.push({ item, change: 'new', after });
    else pending.push({ item, change: 'changed', before, after });
  }
  return { trusted, pending };
}
