import type { Client } from 'pg';

import { systemClock, type Clock } from '../clock.ts';
import type { ChangeListener } from './job-store.ts';

export interface PostgresListenerOptions {
  readonly url: string;
  readonly channel: string;
  readonly onMessage: (payload: string) => void;
  /** @default systemClock */
  readonly clock?: Pick<Clock, 'setTimer'>;
}

const RETRY_MS = 1000;
const CONNECT_MS = 5000;

/**
 * A connection of its own that listens, and is made again whenever it is lost: messages of the time between are missing, and
 * behind a pooler in transaction mode all are.
 */
export class PostgresListener implements ChangeListener {
  readonly #options: PostgresListenerOptions;
  #client: Client | undefined;
  #retry: Disposable | undefined;
  #isLive = false;
  #stopped = false;

  constructor(options: PostgresListenerOptions) {
    this.#options = options;
    void this.#connect();
  }

  get isLive(): boolean {
    return this.#isLive;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    this.#retry?.[Symbol.dispose]();
    await this.#client?.end().catch(() => undefined);
  }

  async #connect(): Promise<void> {
    const { url, channel, onMessage } = this.#options;
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
    client.on('notification', ({ payload = '' }) => onMessage(payload));
    // Without a listener an error would end the process; every lost connection ends.
    client.on('error', () => undefined);
    client.on('end', () => this.#lost(client));
    try {
      await client.connect();
      await client.query(`LISTEN ${channel}`);
      this.#isLive = this.#client === client;
    } catch {
      await client.end().catch(() => undefined);
      this.#lost(client);
    }
  }

  #lost(client: Client): void {
    if (this.#client !== client || this.#stopped) return;
    this.#client = undefined;
    this.#isLive = false;
    this.#retry = (this.#options.clock ?? systemClock).setTimer(RETRY_MS, () => void this.#connect());
  }
}
