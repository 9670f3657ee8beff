import type { PendingKind, UpstreamDiff } from '../upstream-report.ts';
import type { Named, Pending } from './trust.ts';

/** What waits for approval, with its texts before and after. */
export function diffOf(
  kind: PendingKind,
  waiting: readonly { readonly exposed: string; readonly pending: Pending<Named> }[],
): readonly UpstreamDiff[] {
  return waiting.map(({ exposed, pending: { item, change, before, after } }) => ({
    kind,
    name: exposed,
    upstreamName: item.name,
    change,
    before: before ?? null,
    after,
  }));
}
