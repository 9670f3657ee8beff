import { statSync } from 'node:fs';

import { repeat, systemClock, type Clock } from '../foundation/clock.ts';

const CHECK_INTERVAL_MS = 1000;

export interface KeyStoreWatchOptions {
  /** The file to watch; undefined while no key is needed. */
  readonly file: () => string | undefined;
  readonly onChanged: () => void;
  /** @default systemClock */
  readonly clock?: Pick<Clock, 'setTimer'>;
}

/** Calls `onChanged` within a second after the key store was created, replaced, written or deleted. */
export function watchKeyStore({ file, onChanged, clock = systemClock }: KeyStoreWatchOptions): Disposable {
  let seen = versionOf(file());
  // Polled: one stat a second works on every file system and mount, which notifications do not.
  return repeat(clock, CHECK_INTERVAL_MS, () => {
    const now = versionOf(file());
    if (now === seen) return;
    seen = now;
    onChanged();
  });
}

function versionOf(file: string | undefined): string {
  const stat = file === undefined ? undefined : statSync(file, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? 'none' : `${stat.dev} ${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}`;
}
