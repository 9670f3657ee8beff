export type TargetKind = 'ip' | 'host' | 'ip_or_host' | 'cidr' | 'url' | 'none';

/** Every {@link TargetKind} that names a target. */
export const TARGET_KINDS: readonly ['ip', 'host', 'ip_or_host', 'cidr', 'url'] = [
  'ip',
  'host',
  'ip_or_host',
  'cidr',
  'url',
];

export function isTargetKind(kind: unknown): kind is (typeof TARGET_KINDS)[number] {
  return TARGET_KINDS.some((each) => each === kind);
}

/**
 * What happens to a host name: `pin` resolves it, checks every answer and hands the tool one checked address; `check` does the
 * same but the tool gets the name and resolves again by itself; `off` checks the name only.
 */
export type ResolveMode = 'pin' | 'check' | 'off';

export const RESOLVE_MODES: readonly ['pin', 'check', 'off'] = ['pin', 'check', 'off'];
