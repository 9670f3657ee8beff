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
import { createHash, randomBytes } from 'node:crypto';

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
import {
  createRequestStateCodec,
  inputRequired,
  type ClientCapabilities,
  type InputRequest,
  type InputRequiredResult,
  type RequestStateCodec,
} from '@modelcontextprotocol/server';

import { readModelAnswer, readRoots, readUserAnswer } from './client-answers.ts';

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

export type InputRoundSeal = RequestStateCodec<InputRound>;

/** Rounds of another caller, another method, another process or of more than ten minutes ago are refused. */
export function createInputRoundSeal(): InputRoundSeal {
  return createRequestStateCodec<InputRound>({
    key: randomBytes(32),
    bind: (context) => `${context.mcpReq.method}\0${context.http?.authInfo?.clientId ?? ''}`,
  });
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

  get awaiting(): boolean {
    return this.#pending.size > 0;
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

  readonly askUser = (question: UserForm | UserLink): Promise<UserAnswer> => {
    const { key, message } = question;
    if ('url' in question) {
      const request = inputRequired.elicitUrl({ message, url: question.url });
      return this.#ask(key, request, (response) => readUserAnswer(response, undefined));
    }
    const { form } = question;
    const request = inputRequired.elicit({ message, requestedSchema: form as never });
    return this.#ask(key, request, (response) => readUserAnswer(response, form));
  };

  readonly askModel = (question: ModelQuestion): Promise<ModelAnswer> => {
    const { key, prompt, maxTokens, systemPrompt, temperature } = question;
    const messages = typeof prompt === 'string' ? [{ role: 'user' as const, text: prompt }] : prompt;
    const request = inputRequired.createMessage({
      messages: messages.map(({ role, text }) => ({ role, content: { type: 'text', text } })),
      maxTokens,
      ...(systemPrompt !== undefined && { systemPrompt }),
      ...(temperature !== undefined && { temperature }),
    });
    return this.#ask(key, request, readModelAnswer);
  };

  readonly listRoots = ({ key }: { readonly key?: string } = {}): Promise<readonly ClientRoot[]> =>
    this.#ask(key, inputRequired.listRoots(), readRoots);

  /** The answer to a request whose run is awaiting: the questions, and what to send back with the answers. */
  async toResult(
    correlationId: string,
    seal: InputRoundSeal,
    context: Parameters<InputRoundSeal['mint']>[1],
  ): Promise<InputRequiredResult> {
    const pending = [...this.#pending];
    return inputRequired({
      inputRequests: Object.fromEntries(pending.map(([key, { request }]) => [key, request])),
      requestState: await seal.mint(
        {
          correlationId,
          asked: Object.fromEntries(pending.map(([key, { question }]) => [key, question])),
          answered: Object.fromEntries(this.#used),
        },
        context,
      ),
    });
  }

  #ask<T>(given: string | undefined, request: InputRequest, read: (response: unknown) => T | undefined): Promise<T> {
    this.#count += 1;
    const key = given ?? `input_${this.#count}`;
    if (this.#used.has(key) || this.#pending.has(key)) {
      return Promise.reject(new TypeError(`Two questions of one run have the key ${key}; give each its own.`));
    }
    const question = fingerprint([...this.#options.subject, key, request]);
    const known = this.#known.get(key);
    const answer = known?.question === question ? read(known.response) : undefined;
    if (known && answer !== undefined) {
      this.#used.set(key, known);
      return Promise.resolve(answer);
    }
    this.#pending.set(key, { question, request });
    // A turn later, so that questions put together go out together.
    const awaiting = new Promise<never>((_, reject) => setImmediate(() => reject(new AwaitingClient())));
    awaiting.catch(() => {});
    return awaiting;
  }
}

function fingerprint(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url');
}
