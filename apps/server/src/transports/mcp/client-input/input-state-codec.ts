import { createRequestStateCodec, type RequestStateCodec, type ServerContext } from '@modelcontextprotocol/server';

import { sealingKeys, type SealingSecrets } from '../../../access/sealing-secrets.ts';
import type { InputRound } from './client-input-requests.ts';

/** Seals the state that a client carries between the rounds of one call. */
export type InputStateCodec = RequestStateCodec<InputRound>;

/**
 * It rejects the state of another caller, of another method, made with other secrets, and state that is older than ten minutes.
 * Tool and arguments are in the round itself: a response counts only for the input request it was given for.
 */
export function createInputStateCodec(secrets: SealingSecrets): InputStateCodec {
  const codecs = sealingKeys(secrets, 'mcp-server request state').map((key) =>
    createRequestStateCodec<InputRound>({
      key,
      bind: (context) => `${context.mcpReq.method}\0${context.http?.authInfo?.clientId ?? ''}`,
    }),
  );
  const [first] = codecs;
  if (!first) throw new RangeError('The state of input rounds needs a secret.');
  return {
    mint: (round, context) => first.mint(round, context),
    verify: (state, context) => verifyWithAny(codecs, state, context),
  };
}

async function verifyWithAny(
  codecs: readonly InputStateCodec[],
  state: string,
  context: ServerContext,
): Promise<InputRound> {
  let rejection: unknown;
  for (const codec of codecs) {
    try {
      return await codec.verify(state, context);
    } catch (error) {
      rejection = error;
    }
  }
  throw rejection;
}
