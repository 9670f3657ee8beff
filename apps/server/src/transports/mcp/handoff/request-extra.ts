/**
 * What accompanies a request through the SDK, beside the message: the SDK calls it `authInfo` and passes it on untouched to
 * the handlers. It is made by the transports only; nothing that a client sends ends up in it.
 */
import type { AuthInfo, ServerContext } from '@modelcontextprotocol/server';

import type { Principal } from '../../../access/principal.ts';
import type { DeferredCall } from './deferred-call.ts';

export interface RequestExtra {
  /** Who sent the request. Over stdio there is one caller for the whole connection, and none here. */
  readonly principal?: Principal;
  /** The call that already runs for this `tools/call` request. */
  readonly deferredCall?: DeferredCall | undefined;
  /** Of the network connection. */
  readonly address?: string | undefined;
  /** Whether the stream of the response has more than its client reads. */
  readonly isUnread?: (() => boolean) | undefined;
  /**
   * Called before the connection of the request is kept open to wait for the client. The place is given back when the
   * response ends.
   *
   * @returns false when the caller or the server keeps too many connections open
   */
  readonly holdConnection?: () => boolean;
}

/** What a transport knows of a request beside its caller. */
export type TransportExtra = Pick<RequestExtra, 'deferredCall' | 'address' | 'isUnread'>;

export function toAuthInfo(extra: RequestExtra): AuthInfo {
  const { name = '', scopes = [] } = extra.principal ?? {};
  return { token: '', clientId: name, scopes: [...scopes], extra: { ...extra } };
}

export function principalOf(authInfo: AuthInfo | undefined): Principal | undefined {
  return extraOf(authInfo)?.principal;
}

export function addressOf({ http }: ServerContext): string | undefined {
  return extraOf(http?.authInfo)?.address;
}

export function isOverStdio({ http }: ServerContext): boolean {
  return principalOf(http?.authInfo) === undefined;
}

export function isUnread({ http }: ServerContext): boolean {
  return extraOf(http?.authInfo)?.isUnread?.() ?? false;
}

/** @returns false when the request must not wait for its client; see {@link RequestExtra.holdConnection} */
export function mayWaitForClient({ http }: ServerContext): boolean {
  return extraOf(http?.authInfo)?.holdConnection?.() ?? true;
}

/** @returns the call the first time, then `undefined`; see {@link DeferredCall.take} */
export function takeDeferredCall(authInfo: AuthInfo | undefined): DeferredCall | undefined {
  return extraOf(authInfo)?.deferredCall?.take();
}

function extraOf(authInfo: AuthInfo | undefined): RequestExtra | undefined {
  return authInfo?.extra;
}
