/** What the client of one connection of the 2025 revisions has set: the level of log messages, and resources it is subscribed to. */
import { ProtocolError, ProtocolErrorCode, type Server, type ServerContext } from '@modelcontextprotocol/server';

import { FollowedResources, MAX_FOLLOWED, MAX_FOLLOWED_URI_LENGTH } from './followed-resources.ts';
import { ClientLoggingLevel } from './logging-level.ts';

export interface ConnectionSettingsOptions {
  /** @throws {Error} when there is no such resource for the caller of this request */
  readonly assertKnown: (uri: string, context: ServerContext) => void;
  /** Asks for the changes of a resource where somebody has to be asked. */
  readonly follow: (uri: string) => Disposable | undefined;
  /** The client has changed one of its settings; an empty value removes it. */
  readonly onChange?: ((field: string, value: string) => Promise<void>) | undefined;
}

const LEVEL = 'level';
const SUBSCRIPTION = 'subscription ';

export class ConnectionSettings implements Disposable {
  readonly logging: ClientLoggingLevel = new ClientLoggingLevel();
  readonly subscriptions: FollowedResources;
  readonly #options: ConnectionSettingsOptions;

  constructor(options: ConnectionSettingsOptions) {
    this.#options = options;
    this.subscriptions = new FollowedResources(options.follow);
  }

  serve(server: Server): void {
    this.logging.serve(server, (level) => this.#options.onChange?.(LEVEL, level));
    server.setRequestHandler('resources/subscribe', async ({ params: { uri } }, context) => {
      this.#options.assertKnown(uri, context);
      this.#assertPlace(uri);
      this.subscriptions.add(uri);
      await this.#options.onChange?.(`${SUBSCRIPTION}${uri}`, 'on');
      return {};
    });
    server.setRequestHandler('resources/unsubscribe', async ({ params: { uri } }) => {
      if (this.subscriptions.delete(uri)) await this.#options.onChange?.(`${SUBSCRIPTION}${uri}`, '');
      return {};
    });
  }

  /** What the client has set in the same session on another server. */
  apply(field: string, value: string): void {
    if (field === LEVEL) this.logging.set(value);
    if (!field.startsWith(SUBSCRIPTION)) return;
    const uri = field.slice(SUBSCRIPTION.length);
    if (value === '') this.subscriptions.delete(uri);
    else this.subscriptions.add(uri);
  }

  [Symbol.dispose](): void {
    this.subscriptions[Symbol.dispose]();
  }

  #assertPlace(uri: string): void {
    const { size } = this.subscriptions;
    if (uri.length > MAX_FOLLOWED_URI_LENGTH) {
      throw invalid(`The URI has ${uri.length} characters; a subscription takes ${MAX_FOLLOWED_URI_LENGTH} at most.`);
    }
    if (size < MAX_FOLLOWED || this.subscriptions.has(uri)) return;
    const message = `This connection is subscribed to ${MAX_FOLLOWED} resources, the maximum; unsubscribe from one first.`;
    throw invalid(message);
  }
}

function invalid(message: string): ProtocolError {
  return new ProtocolError(ProtocolErrorCode.InvalidParams, message);
}
