/** Which servers the cluster has now, by what each tells the engine every five seconds. */
import type { Clock } from '../../foundation/clock.ts';
import type { RedisConnection } from './redis-connection.ts';
import type { RedisKeys } from './redis-keys.ts';
import { STREAM_ITEMS } from './stream-items.ts';

export interface PresenceOptions {
  readonly commands: RedisConnection;
  readonly keys: RedisKeys;
  /** This process among the others, which may have the same name. */
  readonly member: string;
  /** Where this process receives messages. */
  readonly inbox: string;
  /** Fingerprint of the secret that this server seals with. */
  readonly seal: string;
  /** Fingerprints of all its secrets: every other server of the cluster must seal with one of them. */
  readonly opens: readonly string[];
  readonly clock: Pick<Clock, 'monotonicMs' | 'epochMs'>;
}

/** A server that was not seen for so long has gone. */
const TTL_MS = 15_000;
const WATCH_MS = 60_000;

export class RedisPresence {
  readonly #options: PresenceOptions;
  #replicas = 1;
  #hasStrangers = false;
  #clockDifferenceMs = 0;
  #watchUntilMs = 0;
  #epoch: string | undefined;
  #announcedMs = 0;
  /** Servers that the engine has forgotten may announce themselves again until then. */
  #forgotten = { replicas: 1, untilMs: 0 };
  /** Somebody reads events on one of the servers. */
  watched = false;

  constructor(options: PresenceOptions) {
    this.#options = options;
  }

  get replicas(): number {
    return this.#replicas;
  }

  /** Servers with other secrets use the same name. */
  get hasStrangers(): boolean {
    return this.#hasStrangers;
  }

  /** Clock of the engine minus clock of this machine. */
  get clockDifferenceMs(): number {
    return this.#clockDifferenceMs;
  }

  /** Milliseconds since the epoch on the clock of the engine. */
  get engineMs(): number {
    return this.#options.clock.epochMs() + this.#clockDifferenceMs;
  }

  /** Somebody reads events on this server. */
  watch(): void {
    this.#watchUntilMs = this.#options.clock.monotonicMs() + WATCH_MS;
  }

  /** @returns the epoch: another value than before means that the engine has lost its data */
  async announce(): Promise<string> {
    const { commands, keys, inbox, member, seal, opens, clock } = this.#options;
    const nowMs = clock.monotonicMs();
    const watching = nowMs < this.#watchUntilMs;
    const reply = (await commands.presence(
      keys.epoch,
      keys.replicas,
      keys.seals,
      keys.watchers,
      keys.events,
      inbox,
      member,
      seal,
      newEpoch(),
      TTL_MS,
      watching ? '1' : '0',
      STREAM_ITEMS,
    )) as [string, string, number, number, ...string[]];
    const [epoch, engineMs, count, watched, ...seals] = reply;
    this.#clockDifferenceMs = Number(engineMs) - clock.epochMs();
    if (epoch !== this.#epoch || nowMs - this.#announcedMs > TTL_MS) {
      this.#forgotten = { replicas: this.#replicas, untilMs: nowMs + TTL_MS };
    }
    this.#epoch = epoch;
    this.#announcedMs = nowMs;
    this.#replicas = Math.max(1, count, nowMs < this.#forgotten.untilMs ? this.#forgotten.replicas : 1);
    this.watched = watched === 1;
    this.#hasStrangers = seals.some((each) => !opens.includes(each));
    return epoch;
  }

  /** Of a server that stops, so that the others take over its share of the limits at once. */
  async leave(): Promise<void> {
    const { commands, keys, member, inbox } = this.#options;
    await Promise.all([commands.redis.zrem(keys.replicas, member), commands.redis.del(inbox)]);
  }

  /** Of a server that does not belong here. */
  async retract(): Promise<void> {
    const { commands, keys, seal } = this.#options;
    await this.leave();
    await commands.redis.zrem(keys.seals, seal);
  }
}

function newEpoch(): string {
  return Math.floor(Math.random() * 2 ** 32)
    .toString(16)
    .padStart(8, '0');
}
