/**
 * The questions of one run to its client, for both protocol eras. The run is replayed: a question whose answer is known
 * gets it at once, any other ends the run, and the request is answered `input_required`. A 2026-revision client then
 * repeats its request with the answers; for a 2025-era client the SDK puts the questions itself, over the session, and
 * repeats the request in-process.
 *
 * Between the rounds nothing is kept here. What was asked and answered so far travels through the client, sealed with a
 * key of this process and bound to the caller. An answer counts only for the very question that was asked, in the same
 * call with the same arguments.
 */
import { createHash } from 'node:crypto';

import type { ClientInput, ClientInputKind, ClientRoot, ModelAnswer, UserAnswer } from '@mcp/tool-base';
import type { ClientCapabilities, InputRequest } from '@modelcontextprotocol/server';

import type { questionWording, WordedQuestion } from './input-request-codec.ts';

type Wording = typeof questionWording;

interface Answered {
  readonly question: string;
  readonly response: unknown;
}

/** What travels from round to round. */
export interface InputRound {
  readonly correlationId: string;
  /** Fingerprints of the questions that this round put, by key. */
  readonly asked: Readonly<Record<string, string>>;
  readonly answered: Readonly<Record<string, Answered>>;
}

export interface ClientQuestionsOptions {
  /** What is being called, with its arguments. */
  readonly subject: readonly unknown[];
  readonly capabilities: ClientCapabilities | undefined;
  readonly round: InputRound | undefined;
  /** The client's answers to `round`: unchecked. */
  readonly responses: Readonly<Record<string, unknown>> | undefined;
  /** Where the SDK is there already; otherwise it is loaded when the first question is put. */
  readonly wording?: Wording;
}

/** Ends a run that cannot go on without an answer. */
class AwaitingClient extends Error {
  override readonly name = 'AwaitingClient';
}

interface Asked {
  count: number;
  readonly keys: Set<string>;
  /** Answers of earlier rounds, by key. */
  readonly known: Map<string, Answered>;
  /** Those of them that this run has been given. */
  readonly used: Map<string, Answered>;
  readonly pending: Map<string, { question: string; request: InputRequest }>;
  /** Questions that have no words yet. */
  readonly wording: Set<Promise<unknown>>;
}

export class ClientQuestions implements ClientInput {
  readonly #options: ClientQuestionsOptions;
  /** Made with the first question: every call of a tool has questions, and hardly any asks one. */
  #asked: Asked | undefined;

  constructor(options: ClientQuestionsOptions) {
    this.#options = options;
  }

  /** Also while a question is on its way that the tool did not wait for. */
  get awaiting(): boolean {
    return this.#asked !== undefined && (this.#asked.pending.size > 0 || this.#asked.wording.size > 0);
  }

  // Each a function of its own, so that a prompt may take them apart: `render(values, { askUser })`.

  get canAsk(): ClientInput['canAsk'] {
    return (kind) => this.#canAsk(kind);
  }

  get askUser(): ClientInput['askUser'] {
    return (question) => this.#ask<UserAnswer>(question.key, (wording) => wording.toUser(question));
  }

  get askModel(): ClientInput['askModel'] {
    return (question) => this.#ask<ModelAnswer>(question.key, (wording) => wording.toModel(question));
  }

  get listRoots(): ClientInput['listRoots'] {
    return ({ key } = {}) => this.#ask<readonly ClientRoot[]>(key, (wording) => wording.forRoots());
  }

  /** What an awaiting run asks, by key, and the round to be sealed and sent along. */
  async pending(correlationId: string): Promise<{ requests: Record<string, InputRequest>; round: InputRound }> {
    const { pending, wording, used } = this.#begin();
    await Promise.allSettled(wording);
    const questions = [...pending];
    return {
      requests: Object.fromEntries(questions.map(([key, { request }]) => [key, request])),
      round: {
        correlationId,
        asked: Object.fromEntries(questions.map(([key, { question }]) => [key, question])),
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

  #ask<T>(given: string | undefined, word: (wording: Wording) => WordedQuestion<T>): Promise<T> {
    const answer = this.#answer(given, word);
    // A tool may end without having waited for it.
    answer.catch(() => {});
    return answer;
  }

  async #answer<T>(given: string | undefined, word: (wording: Wording) => WordedQuestion<T>): Promise<T> {
    const asked = this.#begin();
    asked.count += 1;
    const key = given ?? `input_${asked.count}`;
    if (asked.keys.has(key)) {
      throw new TypeError(`Two questions of one run have the key ${key}; give each its own.`);
    }
    asked.keys.add(key);
    const answer = await this.#put(asked, key, word);
    if (answer !== undefined) return answer;
    // A turn later, so that questions put together go out together.
    await new Promise<void>((resolve) => void setImmediate(resolve));
    throw new AwaitingClient();
  }

  /** @returns the answer, where one is known; otherwise the question is pending */
  #put<T>(
    asked: Asked,
    key: string,
    word: (wording: Wording) => WordedQuestion<T>,
  ): T | undefined | Promise<T | undefined> {
    const { wording } = this.#options;
    if (wording) return this.#place(asked, key, word(wording));
    const placing = import('./input-request-codec.ts').then(({ questionWording }) =>
      this.#place(asked, key, word(questionWording)),
    );
    asked.wording.add(placing);
    return placing.finally(() => asked.wording.delete(placing));
  }

  #place<T>(asked: Asked, key: string, { request, read }: WordedQuestion<T>): T | undefined {
    const question = fingerprint([...this.#options.subject, key, request]);
    const known = asked.known.get(key);
    const answer = known?.question === question ? read(known.response) : undefined;
    if (known && answer !== undefined) asked.used.set(key, known);
    else asked.pending.set(key, { question, request });
    return answer;
  }

  #begin(): Asked {
    this.#asked ??= {
      count: 0,
      keys: new Set(),
      known: earlierAnswers(this.#options),
      used: new Map(),
      pending: new Map(),
      wording: new Set(),
    };
    return this.#asked;
  }
}

/** An answer that came with this round counts for the question that the round before put. */
function earlierAnswers({ round, responses }: ClientQuestionsOptions): Map<string, Answered> {
  const known = new Map(Object.entries(round?.answered ?? {}));
  for (const [key, question] of Object.entries(round?.asked ?? {})) {
    if (responses && Object.hasOwn(responses, key)) known.set(key, { question, response: responses[key] });
  }
  return known;
}

function fingerprint(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url');
}
