import type { Clock } from '../../foundation/clock.ts';
import type { PresenceOptions } from './redis-presence.ts';

export interface RedisEngineOptions extends Pick<PresenceOptions, 'seal' | 'opens'> {
  /** Name of this server in events. */
  readonly replica: string;
  readonly url: string;
  /** Prefix of all keys. */
  readonly name: string;
  /** Deadline of a command. */
  readonly timeoutMs: number;
  /** How long `join` tries. */
  readonly startTimeoutMs: number;
  /** @default systemClock */
  readonly clock?: Clock;
}
