import { randomBytes } from 'node:crypto';

import { createRequestStateCodec, type RequestStateCodec } from '@modelcontextprotocol/server';

import type { InputRound } from './client-input-requests.ts';

/** Seals the state that a client carries between the rounds of one call. */
export type InputStateCodec = RequestStateCodec<InputRound>;

/** It rejects the state of another caller, method or process, and state that is older than ten minutes. */
export function createInputStateCodec(): InputStateCodec {
  return createRequestStateCodec<InputRound>({
    key: randomBytes(32),
    bind: (context) => `${context.mcpReq.method}\0${context.http?.authInfo?.clientId ?? ''}`,
  });
}
