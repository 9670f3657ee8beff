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

import type {
  ClientInput,
  ClientInputKind,
  ClientRoot,
  ModelAnswer,
  ModelQuestion,
  UserAnswer,
  UserForm,
  UserLink,
} from '@mcp/tool-base';
import type { ClientCapabilities, InputRequest } from '@modelcontextprotocol/server';

import type { questionWording, WordedQuestion } from './question-wording.ts';

/** Comes with the SDK, which is loaded when the first question is put. */
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
}

/** Ends a run that cannot go on without an answer. */
class AwaitingClient extends Error {
  override readonly name = 'AwaitingClient';
}

export class ClientQuestions implements ClientInput {
  readonly #options: ClientQuestionsOptions;
  readonly #known = new Map<string, Answered>();
  readonly #used = new Map<string, Answered>();
  readonly #pending = new Map<string, { question: string; request: InputRequest }>();
  readonly #keys = new Set<string>();
  /** Questions that have no words yet. */
  readonly #wording = new Set<Promise<unknown>>();
  #count = 0;

  constructor(options: ClientQuestionsOptions) {
    this.#options = options;
    const { round, responses } = options;
    if (!round) return;
    for (const [key, answered] of Object.entries(round.answered)) this.#known.set(key, answered);
    for (const [key, question] of Object.entries(round.asked)) {
      if (responses && Object.hasOwn(responses, key)) this.#known.set(key, { question, response: responses[key] });
    }
  }

  /** Also while a question is on its way that the tool did not wait for. */
  get awaiting(): boolean {
    return this.#pending.size > 0 || this.#wording.size > 0;
  }

  readonly canAsk = (kind: ClientInputKind): boolean => {
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
  };

  readonly askUser = (question: UserForm | UserLink): Promise<UserAnswer> =>
    this.#ask(question.key, (wording) => wording.toUser(question));

  readonly askModel = (question: ModelQuestion): Promise<ModelAnswer> =>
    this.#ask(question.key, (wording) => wording.toModel(question));

  readonly listRoots = ({ key }: { readonly key?: string } = {}): Promise<readonly ClientRoot[]> =>
    this.#ask(key, (wording) => wording.forRoots());

  /** What an awaiting run asks, by key, and the round to be sealed and sent along. */
  async pending(correlationId: string): Promise<{ requests: Record<string, InputRequest>; round: InputRound }> {
    await Promise.allSettled(this.#wording);
    const pending = [...this.#pending];
    return {
      requests: Object.fromEntries(pending.map(([key, { request }]) => [key, request])),
      round: {
        correlationId,
        asked: Object.fromEntries(pending.map(([key, { question }]) => [key, question])),
        answered: Object.fromEntries(this.#used),
      },
    };
  }

  #ask<T>(given: string | undefined, word: (wording: Wording) => WordedQuestion<T>): Promise<T> {
    const answer = this.#answer(given, word);
    // A tool may end without having waited for it.
    answer.catch(() => {});
    return answer;
  }

  async #answer<T>(given: string | undefined, word: (wording: Wording) => WordedQuestion<T>): Promise<T> {
    this.#count += 1;
    const key = given ?? `input_${this.#count}`;
    if (this.#keys.has(key)) {
      throw new TypeError(`Two questions of one run have the key ${key}; give each its own.`);
    }
    this.#keys.add(key);
    const answer = await this.#put(key, word);
    if (answer !== undefined) return answer;
    // A turn later, so that questions put together go out together.
    await new Promise<void>((resolve) => void setImmediate(resolve));
    throw new AwaitingClient();
  }

  /** @returns the answer, where one is known; otherwise the question is pending */
  #put<T>(key: string, word: (wording: Wording) => WordedQuestion<T>): Promise<T | undefined> {
    const putting = import('./question-wording.ts').then(({ questionWording }) => {
      const { request, read } = word(questionWording);
      const question = fingerprint([...this.#options.subject, key, request]);
      const known = this.#known.get(key);
      const answer = known?.question === question ? read(known.response) : undefined;
      if (known && answer !== undefined) this.#used.set(key, known);
      else this.#pending.set(key, { question, request });
      return answer;
    });
    this.#wording.add(putting);
    return putting.finally(() => this.#wording.delete(putting));
  }
}

function fingerprint(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url');
}
