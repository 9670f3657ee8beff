/**
 * Questions to the client in the protocol's words, each with how its answer is read. An answer is the client's word: a
 * wrong shape is no answer.
 */
import type {
  ClientRoot,
  FormSchema,
  FormValue,
  ModelAnswer,
  ModelQuestion,
  UserAnswer,
  UserForm,
  UserLink,
} from '@mcp/tool-base';
import {
  fromJsonSchema,
  inputRequired,
  inputResponse,
  type InputRequest,
  type InputResponseView,
  type JsonSchemaType,
} from '@modelcontextprotocol/server';
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/server/validators/ajv';

export interface WordedQuestion<T> {
  readonly request: InputRequest;
  /** `undefined` when the response is no answer to this question. */
  readonly read: (response: unknown) => T | undefined;
}

/** As one value, since it is loaded as one. */
export const questionWording: {
  readonly toUser: typeof toUser;
  readonly toModel: typeof toModel;
  readonly forRoots: typeof forRoots;
} = { toUser, toModel, forRoots };

/** @throws TypeError for a form that the protocol cannot show */
function toUser(question: UserForm | UserLink): WordedQuestion<UserAnswer> {
  const { message } = question;
  if ('url' in question) {
    const request = inputRequired.elicitUrl({ message, url: question.url });
    return { request, read: (response) => readUserAnswer(response, undefined) };
  }
  const { form } = question;
  const request = inputRequired.elicit({ message, requestedSchema: form as never });
  return { request, read: (response) => readUserAnswer(response, form) };
}

function toModel({ prompt, maxTokens, systemPrompt, temperature }: ModelQuestion): WordedQuestion<ModelAnswer> {
  const messages = typeof prompt === 'string' ? [{ role: 'user' as const, text: prompt }] : prompt;
  const request = inputRequired.createMessage({
    messages: messages.map(({ role, text }) => ({ role, content: { type: 'text', text } })),
    maxTokens,
    ...(systemPrompt !== undefined && { systemPrompt }),
    ...(temperature !== undefined && { temperature }),
  });
  return { request, read: readModelAnswer };
}

function forRoots(): WordedQuestion<readonly ClientRoot[]> {
  return { request: inputRequired.listRoots(), read: readRoots };
}

/** @param form what was shown; `undefined` for a link */
function readUserAnswer(response: unknown, form: FormSchema | undefined): UserAnswer | undefined {
  const view = viewOf(response);
  if (view.kind !== 'elicit') return undefined;
  if (view.action !== 'accept') return { action: view.action };
  if (!form) return { action: 'accept', values: {} };
  const values = view.content ?? {};
  return fits(values, form) ? { action: 'accept', values: values as Record<string, FormValue> } : undefined;
}

function readModelAnswer(response: unknown): ModelAnswer | undefined {
  const view = viewOf(response);
  if (view.kind !== 'sampling') return undefined;
  const { content, model, stopReason } = view.result;
  const parts: readonly unknown[] = Array.isArray(content) ? content : [content];
  const texts = parts.map(textOf).filter((text) => text !== undefined);
  if (texts.length === 0) return undefined;
  return {
    text: texts.join('\n'),
    model: typeof model === 'string' ? model : 'unknown',
    ...(typeof stopReason === 'string' && { stopReason }),
  };
}

function readRoots(response: unknown): readonly ClientRoot[] | undefined {
  const view = viewOf(response);
  if (view.kind !== 'roots') return undefined;
  return view.roots
    .filter((root) => typeof root?.uri === 'string')
    .map(({ uri, name }) => ({ uri, ...(typeof name === 'string' && { name }) }));
}

function viewOf(response: unknown): InputResponseView {
  return inputResponse({ response }, 'response');
}

function textOf(part: unknown): string | undefined {
  if (typeof part !== 'object' || part === null || !('text' in part)) return undefined;
  return typeof part.text === 'string' ? part.text : undefined;
}

function fits(values: Readonly<Record<string, unknown>>, form: FormSchema): boolean {
  if (Object.keys(values).some((name) => !Object.hasOwn(form.properties, name))) return false;
  // A validator of its own each time: a shared one would keep every schema it has ever seen.
  const schema = fromJsonSchema(form as unknown as JsonSchemaType, new AjvJsonSchemaValidator());
  const result = schema['~standard'].validate(values);
  return !(result instanceof Promise) && result.issues === undefined;
}
