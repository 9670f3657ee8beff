/**
 * The client input requests of one run (elicitation, sampling, roots), for both protocol eras. The run is replayed: an input
 * request whose response is known gets it at once, any other ends the run, and the call is answered `input_required`. A
 * 2026-revision client then repeats its request with the responses; for a 2025-era client the SDK sends the input requests
 * itself, over the session, and repeats the request in-process.
 *
 * Between the rounds nothing is kept here. What was requested and answered so far travels through the client, sealed with a
 * key of the server (`input-state-codec.ts`) and bound to the caller. A response counts only for the input request it was given for, in the same
 * call with the same arguments.
 */
import type { ClientInput, ClientInputKind, ClientRoot, ModelResponse, UserResponse } from '@mcp/tool-base';
import type { ClientCapabilities, InputRequest } from '@modelcontextprotocol/server';

import { fingerprintOf } from '../../../foundation/fingerprint.ts';
import type { inputRequestCodec, TypedInputRequest } from './input-request-codec.ts';

type Codec = typeof inputRequestCodec;
type MakeRequest<T> = (codec: Codec) => TypedInputRequest<T>;

interface KnownResponse {
  /** Of the input request that it answers. */
  readonly fingerprint: string;
  readonly response: unknown;
}

/** What travels from round to round. */
export interface InputRound {
  readonly correlationId: string;
  /** Fingerprints of the input requests of this round, by key. */
  readonly asked: Readonly<Record<string, string>>;
  readonly answered: Readonly<Record<string, KnownResponse>>;
}

export interface ClientInputRequestsOptions {
  /** What is being called, with its arguments. */
  readonly subject: readonly unknown[];
  readonly capabilities: ClientCapabilities | undefined;
  readonly round: InputRound | undefined;
  /** The client's responses to `round`: unchecked. */
  readonly responses: Readonly<Record<string, unknown>> | undefined;
  /** @default loaded with the first input request, since it brings the SDK */
  readonly codec?: Codec;
}

/** Ends a run that cannot continue without a response. */
class InputRequiredError extends Error {
  override readonly name = 'InputRequiredError';
}

interface RunState {
  count: number;
  readonly keys: Set<string>;
  /** Responses of earlier rounds, by key. */
  readonly known: Map<string, KnownResponse>;
  /** Those that this run has been given. */
  readonly used: Map<string, KnownResponse>;
  readonly pending: Map<string, { fingerprint: string; request: InputRequest }>;
  /** Input requests that wait for the codec to load. */
  readonly loading: Set<Promise<unknown>>;
}

export class ClientInputRequests implements ClientInput {
  readonly #options: ClientInputRequestsOptions;
  /** Made with the first input request: every call has an object of this class, and few need it. */
  #run: RunState | undefined;

  constructor(options: ClientInputRequestsOptions) {
    this.#options = options;
  }

  /** True also for an input request that the tool did not wait for. */
  get awaiting(): boolean {
    return this.#run !== undefined && (this.#run.pending.size > 0 || this.#run.loading.size > 0);
  }

  // Each a function of its own, so that a prompt may detach it: `render(values, { askUser })`.

  get canAsk(): ClientInput['canAsk'] {
    return (kind) => this.#canAsk(kind);
  }

  get askUser(): ClientInput['askUser'] {
    return (input) => this.#ask<UserResponse>(input.key, (codec) => codec.toUser(input));
  }

  get askModel(): ClientInput['askModel'] {
    return (input) => this.#ask<ModelResponse>(input.key, (codec) => codec.toModel(input));
  }

  get listRoots(): ClientInput['listRoots'] {
    return ({ key } = {}) => this.#ask<readonly ClientRoot[]>(key, (codec) => codec.forRoots());
  }

  /** The input requests of a run that awaits responses, by key, and the round that is sealed and sent with them. */
  async pending(correlationId: string): Promise<{ requests: Record<string, InputRequest>; round: InputRound }> {
    const { pending, loading, used } = this.#state();
    await Promise.allSettled(loading);
    const entries = [...pending];
    return {
      requests: Object.fromEntries(entries.map(([key, { request }]) => [key, request])),
      round: {
        correlationId,
        asked: Object.fromEntries(entries.map(([key, { fingerprint }]) => [key, fingerprint])),
        answered: Object.fromEntries(used),
      },
    };
  }

  #canAsk(kind: ClientInputKind): boolean {
    const { elicitation, sampling, roots } = this.#options.capabilities ?? {};
    switch (kind) {
      case 'user':
        // A client that names no mode shows forms.
        return elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined);
      case 'user-link':
        return elicitation?.url !== undefined;
      case 'model':
        return sampling !== undefined;
      case 'roots':
        return roots !== undefined;
    }
  }

  #ask<T>(key: string | undefined, make: MakeRequest<T>): Promise<T> {
    const answer = this.#answer(key, make);
    // A tool may end without having awaited it.
    answer.catch(() => {});
    return answer;
  }

  async #answer<T>(given: string | undefined, make: MakeRequest<T>): Promise<T> {
    const run = this.#state();
    run.count += 1;
    const key = given ?? `input_${run.count}`;
    if (run.keys.has(key)) {
      throw new TypeError(`Two input requests of one run have the key ${key}; give each its own.`);
    }
    run.keys.add(key);
    const answer = await this.#lookUp(run, key, make);
    if (answer !== undefined) return answer;
    // One event-loop iteration later, so that input requests made together go out together.
    await new Promise<void>((resolve) => void setImmediate(resolve));
    throw new InputRequiredError('The run continues when the client has responded.');
  }

  /** @returns the answer, where one is known; otherwise the input request is pending */
  #lookUp<T>(run: RunState, key: string, make: MakeRequest<T>): T | undefined | Promise<T | undefined> {
    const { codec } = this.#options;
    if (codec) return this.#match(run, key, make(codec));
    const loading = import('./input-request-codec.ts').then(({ inputRequestCodec }) =>
      this.#match(run, key, make(inputRequestCodec)),
    );
    run.loading.add(loading);
    return loading.finally(() => run.loading.delete(loading));
  }

  #match<T>(run: RunState, key: string, { request, read }: TypedInputRequest<T>): T | undefined {
    const fingerprint = fingerprintOf([...this.#options.subject, key, request]);
    const known = run.known.get(key);
    const answer = known?.fingerprint === fingerprint ? read(known.response) : undefined;
    if (known && answer !== undefined) run.used.set(key, known);
    else run.pending.set(key, { fingerprint, request });
    return answer;
  }

  #state(): RunState {
    this.#run ??= {
      count: 0,
      keys: new Set(),
      known: knownResponses(this.#options),
      used: new Map(),
      pending: new Map(),
      loading: new Set(),
    };
    return this.#run;
  }
}

/** A response that came with this round counts for the input request of the round before. */
function knownResponses({ round, responses }: ClientInputRequestsOptions): Map<string, KnownResponse> {
  const known = new Map(Object.entries(round?.answered ?? {}));
  for (const [key, fingerprint] of Object.entries(round?.asked ?? {})) {
    if (responses && Object.hasOwn(responses, key)) known.set(key, { fingerprint, response: responses[key] });
  }
  return known;
}
