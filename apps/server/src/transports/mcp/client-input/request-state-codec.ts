import { randomBytes } from 'node:crypto';

import { createRequestStateCodec, type RequestStateCodec } from '@modelcontextprotocol/server';

import type { InputRound } from './client-input-requests.ts';

/** Seals what travels with a client between the rounds of one call. */
export type InputRoundSeal = RequestStateCodec<InputRound>;

/** Rounds of another caller, another method, another process or of more than ten minutes ago are refused. */
export function createInputRoundSeal(): InputRoundSeal {
  return createRequestStateCodec<InputRound>({
    key: randomBytes(32),
    bind: (context) => `${context.mcpReq.method}\0${context.http?.authInfo?.clientId ?? ''}`,
  });
}
