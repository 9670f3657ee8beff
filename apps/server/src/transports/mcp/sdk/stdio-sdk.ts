/** The SDK's part of a connection over stdio: loaded with the first message that the fast path and the opening do not answer. */
import {
  parseJSONRPCMessage,
  type JSONRPCMessage,
  type JSONRPCRequest,
  type Server,
  type Transport,
} from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';

import type { Principal } from '../../../access/principal.ts';
import type { JsonObject } from '../protocol/json-object.ts';
import type { ProtocolDependencies } from '../protocol/protocol-dependencies.ts';
import { MODERN_VERSION, PROTOCOL_VERSION_META_KEY } from '../protocol/protocol-names.ts';
import { notMcp, unsupportedVersion, type SdkError } from '../protocol/sdk-error-text.ts';
import type { RequestsInProgress } from '../protocol/requests-in-progress.ts';
import { notifiedConnection, type ChangeNotifier } from './connection/change-notifier.ts';
import { FollowedResources, listenedUris, MAX_FOLLOWED } from './connection/followed-resources.ts';
import { createProtocolServer } from './protocol-server/protocol-server.ts';
import { createSharedDependencies } from './connection/protocol-server-dependencies.ts';
import { invalidClientMembers, invalidParams } from './request-params.ts';

/** The SDK's protocol instance for the connection. */
export interface SdkConnection {
  readonly era: 'legacy' | 'modern';
  readonly server: Pick<Server, 'getClientCapabilities' | 'getClientVersion' | 'transport'>;
}

export interface StdioSdkTransport extends Transport {
  /** The SDK has made a protocol instance; a later one replaces it. */
  connected(connection: SdkConnection): void;
  /** Those that make a prompt, a resource or a completion. */
  readonly requests: RequestsInProgress;
}

export interface StdioSdkOptions extends ProtocolDependencies {
  readonly notifier: ChangeNotifier;
  readonly principal: Principal;
}

/** A message as the SDK takes it, or why it takes none of this kind. */
export type SdkMessage =
  | { readonly ok: true; readonly message: JSONRPCMessage }
  /** @param isRead whether the message is one of JSON-RPC that only its params keep from being one of MCP */
  | { readonly ok: false; readonly error: SdkError; readonly isRead: boolean };

export interface StdioSdk {
  read(value: JsonObject): SdkMessage;
  /** The client opens a subscription stream. */
  listens(params: unknown): void;
  close(): Promise<void>;
}

/** @throws {Error} for resources that cannot be registered */
export function connectStdioSdk(options: StdioSdkOptions, transport: StdioSdkTransport): StdioSdk {
  const { principal } = options;
  const dependencies = createSharedDependencies(options);
  // The one client of the connection: what it listened to once is followed until it ends.
  const followed = new FollowedResources((uri) => dependencies.resources.follow(uri, principal));
  let connected: SdkConnection['era'] | undefined;
  const sdk = serveStdio(
    ({ era }) => {
      connected = era;
      const connection = createProtocolServer(dependencies, {
        principal,
        era,
        track: (make) => transport.requests.run(make),
      });
      // In the 2026 revision the SDK filters by what each subscription stream asked for, so it gets every update.
      const listed = era === 'modern' ? { ...connection, settings: { subscriptions: everyUri } } : connection;
      const remove = options.notifier.add(notifiedConnection(listed));
      connection.server.onclose = () => {
        remove();
        connection.settings[Symbol.dispose]();
        followed[Symbol.dispose]();
      };
      connection.server.onerror = options.onError;
      transport.connected({ era, server: connection.server });
      return connection.mcpServer;
    },
    { transport, onerror: options.onError },
  );
  return {
    read: (value) => readMessage(value, connected),
    listens(params) {
      for (const uri of listenedUris(params)) if (followed.size < MAX_FOLLOWED) followed.add(uri);
    },
    close: () => sdk.close(),
  };
}

const everyUri = { has: () => true };

/** @internal */
export function readMessage(value: JsonObject, era?: SdkConnection['era']): SdkMessage {
  let message: JSONRPCMessage;
  try {
    message = parseJSONRPCMessage(value);
  } catch {
    return { ok: false, error: invalidParams(value, era) ?? notMcp, isRead: false };
  }
  const error =
    'method' in message && 'id' in message
      ? (otherVersion(message, era) ?? invalidClientMembers(value) ?? invalidParams(value, era))
      : undefined;
  return error ? { ok: false, error, isRead: true } : { ok: true, message };
}

/** The SDK looks at the version of the first request alone. */
function otherVersion({ params }: JSONRPCRequest, era: SdkConnection['era'] | undefined): SdkError | undefined {
  const version = params?._meta?.[PROTOCOL_VERSION_META_KEY];
  if (era !== 'modern' || typeof version !== 'string' || version === MODERN_VERSION) return undefined;
  return unsupportedVersion(version);
}
