import { randomUUID } from 'node:crypto';

import type { Client } from 'pg';

import { systemClock, type Clock } from '../../../foundation/clock.ts';
import type { ChangeListener } from '../job-store.ts';

export interface PostgresListenerOptions {
  readonly url: string;
  /** One at least. */
  readonly channels: readonly string[];
  /** Sends a message over another connection. */
  readonly notify: (channel: string, payload: string) => Promise<void>;
  readonly onMessage: (channel: string, payload: string) => void;
  /** Messages arrive from now on. */
  readonly onLive: () => void;
  /** The connection answers, and messages do not arrive. Called once. */
  readonly onUnheard: () => void;
  /** @default systemClock */
  readonly clock?: Pick<Clock, 'setTimer'>;
}

const RETRY_MS = 1000;
const CONNECT_MS = 5000;
/** How long a message of its own may take to arrive, and how often one is sent. */
const HEARD_MS = 5000;
const PROBE_MS = 30_000;

/**
 * A connection of its own that listens, and is made again whenever it is lost. It counts as live while messages that this process
 * sends over another connection arrive: behind a pooler in transaction mode LISTEN is answered and nothing ever comes, and a
 * connection that was dropped on the way looks open.
 */
export class PostgresListener implements ChangeListener {
  readonly #options: PostgresListenerOptions;
  readonly #clock: Pick<Clock, 'setTimer'>;
  #client: Client | undefined;
  #timer: Disposable | undefined;
  /** Called with each message. */
  #heard: (payload: string) => void = () => undefined;
  #isLive = false;
  #isUnheard = false;
  #stopped = false;

  constructor(options: PostgresListenerOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    void this.#connect();
  }

  get isLive(): boolean {
    return this.#isLive;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    this.#timer?.[Symbol.dispose]();
    await this.#client?.end().catch(() => undefined);
  }

  async #connect(): Promise<void> {
    const { url, channels, onMessage } = this.#options;
    const { Client } = await import('pg');
    if (this.#stopped) return;
    const client = new Client({
      connectionString: url,
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: CONNECT_MS,
      application_name: 'mcp-server listener',
      keepAlive: true,
    });
    this.#client = client;
    client.on('notification', ({ channel, payload = '' }) => {
      if (payload.startsWith(PROBE)) this.#heard(payload);
      else onMessage(channel, payload);
    });
    // Without a listener an error would end the process; every lost connection ends.
    client.on('error', () => undefined);
    client.on('end', () => this.#lost(client));
    try {
      await client.connect();
      for (const channel of channels) await client.query(`LISTEN ${channel}`);
      await this.#probe(client);
    } catch {
      this.#close(client);
    }
  }

  /** @throws {Error} when no message can be sent */
  async #probe(client: Client): Promise<void> {
    const { channels, notify, onLive, onUnheard } = this.#options;
    const { promise: isHeard, resolve } = Promise.withResolvers<boolean>();
    const sent = `${PROBE}${randomUUID()}`;
    this.#heard = (payload) => void (payload === sent && resolve(true));
    await notify(String(channels[0]), sent);
    using _late = this.#clock.setTimer(HEARD_MS, () => resolve(false));
    const wasHeard = await isHeard;
    if (this.#client !== client || this.#stopped) return;
    if (this.#isLive && !wasHeard) return this.#close(client);
    if (!wasHeard && !this.#isUnheard) onUnheard();
    this.#isUnheard ||= !wasHeard;
    if (wasHeard && !this.#isLive) onLive();
    this.#isLive = wasHeard;
    this.#after(PROBE_MS, () => void this.#probe(client).catch(() => this.#close(client)));
  }

  /** Its end may never be reported where nothing arrives any more. */
  #close(client: Client): void {
    this.#lost(client);
    client.end().catch(() => undefined);
  }

  #lost(client: Client): void {
    if (this.#client !== client || this.#stopped) return;
    this.#client = undefined;
    this.#isLive = false;
    this.#after(RETRY_MS, () => void this.#connect());
  }

  #after(ms: number, then: () => void): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = this.#clock.setTimer(ms, then);
  }
}

const PROBE = 'probe ';
