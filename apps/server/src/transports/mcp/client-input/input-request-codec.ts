/**
 * Client input requests as the protocol writes them, each with the function that reads its response. A response is
 * untrusted: one of the wrong shape counts as none.
 */
import type {
  ClientRoot,
  FormSchema,
  FormValue,
  ModelResponse,
  ModelRequest,
  UserResponse,
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

export interface TypedInputRequest<T> {
  readonly request: InputRequest;
  /** `undefined` when the response does not fit the request. */
  readonly read: (response: unknown) => T | undefined;
}

/** One value, since it is loaded on demand as a whole. */
export const inputRequestCodec: {
  readonly toUser: typeof toUser;
  readonly toModel: typeof toModel;
  readonly forRoots: typeof forRoots;
} = { toUser, toModel, forRoots };

/** @throws {TypeError} for a form that the protocol cannot show */
function toUser(input: UserForm | UserLink): TypedInputRequest<UserResponse> {
  const { message } = input;
  if ('url' in input) {
    const request = inputRequired.elicitUrl({ message, url: input.url });
    return { request, read: (response) => readUserAnswer(response, undefined) };
  }
  const { form } = input;
  const request = inputRequired.elicit({ message, requestedSchema: form as never });
  return { request, read: (response) => readUserAnswer(response, form) };
}

function toModel({ prompt, maxTokens, systemPrompt, temperature }: ModelRequest): TypedInputRequest<ModelResponse> {
  const messages = typeof prompt === 'string' ? [{ role: 'user' as const, text: prompt }] : prompt;
  const request = inputRequired.createMessage({
    messages: messages.map(({ role, text }) => ({ role, content: { type: 'text', text } })),
    maxTokens,
    ...(systemPrompt !== undefined && { systemPrompt }),
    ...(temperature !== undefined && { temperature }),
  });
  return { request, read: readModelAnswer };
}

function forRoots(): TypedInputRequest<readonly ClientRoot[]> {
  return { request: inputRequired.listRoots(), read: readRoots };
}

/** @param form what was shown; `undefined` for a link */
function readUserAnswer(response: unknown, form: FormSchema | undefined): UserResponse | undefined {
  const view = viewOf(response);
  if (view.kind !== 'elicit') return undefined;
  if (view.action !== 'accept') return { action: view.action };
  if (!form) return { action: 'accept', values: {} };
  const values = view.content ?? {};
  return fits(values, form) ? { action: 'accept', values: values as Record<string, FormValue> } : undefined;
}

function readModelAnswer(response: unknown): ModelResponse | undefined {
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
  // A new validator each time: a shared one would cache every schema for good.
  const schema = fromJsonSchema(form as unknown as JsonSchemaType, new AjvJsonSchemaValidator());
  const result = schema['~standard'].validate(values);
  return !(result instanceof Promise) && result.issues === undefined;
}
