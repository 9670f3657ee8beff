/** Which of the listed tools may be offered, given what was approved before. */
import type { ListedTool } from '../listing/listed-tool.ts';
import { pinOf, type Pin, type Pins } from './pins.ts';

/**
 * `locked`: only what was approved. `firstUse`: the first complete list counts as approved, and what comes or changes later does not.
 * `open`: everything.
 */
export type TrustMode = 'locked' | 'firstUse' | 'open';

/** Where approved tools are kept, for all upstreams. */
export interface PinStore {
  /**
   * @returns undefined when nothing of this upstream was approved yet
   * @throws {PinStoreError} when that cannot be known
   */
  read(key: string): Pins | undefined;
  /** @throws {PinStoreError} when it cannot be kept */
  write(key: string, pins: Pins): void;
}

/** Its message is for the operator. */
export class PinStoreError extends Error {
  override readonly name = 'PinStoreError';
}

/** A tool that is withheld until somebody approves it. */
export interface PendingTool {
  readonly tool: ListedTool;
  readonly change: 'new' | 'changed';
  /** As it was approved; absent for a new one. */
  readonly before?: Pin;
  readonly after: Pin;
}

export interface TrustDecision {
  readonly trusted: readonly ListedTool[];
  readonly pending: readonly PendingTool[];
  /** What now counts as approved, where the list is the first one. */
  readonly baseline?: Pins;
}

export function decideTrust(mode: TrustMode, pins: Pins | undefined, listed: readonly ListedTool[]): TrustDecision {
  if (mode === 'open') return { trusted: listed, pending: [] };
  if (mode === 'firstUse' && pins === undefined) return { trusted: listed, pending: [], baseline: pinsOf(listed) };
  const trusted: ListedTool[] = [];
  const pending: PendingTool[] = [];
  for (const tool of listed) {
    const before = pins !== undefined && Object.hasOwn(pins, tool.name) ? pins[tool.name] : undefined;
    const after = pinOf(tool);
    // Annotations are the upstream's claims and may vary; those that were approved are the ones that are published.
    if (before?.hash === after.hash) trusted.push({ ...tool, annotations: before.annotations });
    else if (before === undefined) pending.push({ tool, change: 'new', after });
    else pending.push({ tool, change: 'changed', before, after });
  }
  return { trusted, pending };
}

function pinsOf(tools: readonly ListedTool[]): Pins {
  return Object.fromEntries(tools.map((tool) => [tool.name, pinOf(tool)]));
}
