import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { SystemMetrics } from '@mcp/metrics';
import type { Hono } from 'hono';

import type { ServerConfig } from '../../configuration/server-config.ts';
import { listenError, type ListenSettings } from '../../start-error.ts';
import { clientUrl, hostAndOriginLists, type HostAndOriginLists } from './guard/host-and-origin.ts';
import { createRequestHandler } from './request-handler.ts';
import type { RejectionLog } from './routing/rejection-log.ts';
import type { HttpEnv } from './routing/request-context.ts';
import { applyServerLimits, httpServerOptions } from './http-server-options.ts';

export interface HttpListenerOptions {
  readonly app: Hono<HttpEnv>;
  readonly values: ServerConfig;
  readonly port: number;
  readonly system: SystemMetrics;
  readonly rejections: RejectionLog;
}

/** How long open connections may take to end before they are closed. */
const CLOSE_TIMEOUT_MS = 1000;

/** One HTTP listener: binds, handles requests, measures, and closes without waiting for idle connections. */
export class HttpListener {
  readonly #server: Server;
  readonly #host: string;
  readonly #port: number;
  #values: ServerConfig;
  #policy: HostAndOriginLists | undefined;

  constructor({ app, values, port, system, rejections }: HttpListenerOptions) {
    this.#values = values;
    this.#host = values.server.host;
    this.#port = port;
    const listener = createRequestHandler(app, () => this.#currentPolicy(), rejections);
    this.#server = createServer(httpServerOptions, (incoming, outgoing) => {
      const request = system.requestStarted();
      outgoing.on('close', () => request.end(outgoing.statusCode !== 500));
      listener(incoming, outgoing);
    });
    this.#server.on('connection', (socket) => {
      const connection = system.connectionOpened();
      socket.once('close', () => connection[Symbol.dispose]());
    });
    applyServerLimits(this.#server, { maxConnections: values.server.maxConnections });
  }

  /**
   * @param settings the settings to name in errors
   * @returns the URL that clients use, without a trailing slash
   * @throws {StartError} when the port cannot be bound
   */
  async listen(settings?: ListenSettings): Promise<string> {
    this.#server.listen(this.#port, this.#host);
    try {
      await once(this.#server, 'listening');
    } catch (error) {
      throw listenError(error as NodeJS.ErrnoException, this.#host, this.#port, settings);
    }
    const { address, port } = this.#server.address() as AddressInfo;
    return clientUrl(address, port);
  }

  /** Applies the settings that can change at run time: hosts, origins, connection limit. */
  apply(values: ServerConfig): void {
    this.#values = values;
    this.#policy = undefined;
    this.#server.maxConnections = values.server.maxConnections;
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeIdleConnections();
    const force = setTimeout(() => this.#server.closeAllConnections(), CLOSE_TIMEOUT_MS);
    await closed;
    clearTimeout(force);
  }

  #currentPolicy(): HostAndOriginLists {
    // Known only while listening: with port 0 the system chooses a free port.
    return (this.#policy ??= hostAndOriginLists({
      host: this.#host,
      port: (this.#server.address() as AddressInfo).port,
      allowedHosts: this.#values.security.allowedHosts,
      allowedOrigins: this.#values.security.allowedOrigins,
    }));
  }
}
