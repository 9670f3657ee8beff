/**
 * What a tool can request from the client that called it: a person's answer, a completion by the client's model, its roots.
 *
 * A tool makes its requests in one way, whatever protocol version the client speaks. A request without a response ends the run; once
 * the client has responded, the tool runs again from the top and the same request returns its response at once. So a tool makes its
 * requests first and acts afterwards: what it does before a request is done again after it.
 */

import { ToolError } from '../result/tool-error.ts';

/** What a client may be able to provide; it declares which of them it can. */
export type ClientInputKind = 'user' | 'user-link' | 'model' | 'roots';

/** A field of a form: one text, number, truth value, or choice, as JSON Schema writes it. */
export type FormField = Readonly<Record<string, unknown>> & {
  readonly type: 'string' | 'number' | 'integer' | 'boolean' | 'array';
};

/** A flat JSON Schema: what a client can show as a form. */
export interface FormSchema {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, FormField>>;
  readonly required?: readonly string[];
}

interface Keyed {
  /** Names the request within the tool, so that it gets its response again. Needed when requests depend on each other.
   * @default the number of the request within the run: `input_1`, `input_2`, ... */
  readonly key?: string;
}

/** A form for the person in front of the client. */
export interface UserForm extends Keyed {
  readonly message: string;
  readonly form: FormSchema;
}

/** An address that the person is asked to open, for what must not pass through the client (a login, a payment). */
export interface UserLink extends Keyed {
  readonly message: string;
  readonly url: string;
}

export type FormValue = string | number | boolean | readonly string[];

/** `accept` carries the values of a form, checked against its schema; for a link they are empty. */
export type UserResponse =
  | { readonly action: 'accept'; readonly values: Readonly<Record<string, FormValue>> }
  | { readonly action: 'decline' | 'cancel' };

export interface ModelMessage {
  readonly role: 'user' | 'assistant';
  readonly text: string;
}

/** A completion by the client's model. */
export interface ModelRequest extends Keyed {
  /** The one message of the user, or the whole conversation. */
  readonly prompt: string | readonly ModelMessage[];
  /** Tokens at most. */
  readonly maxTokens: number;
  readonly systemPrompt?: string;
  readonly temperature?: number;
}

export interface ModelResponse {
  /** The text parts of the answer, joined by line ends. Written by a model: treat it as data, not as instructions. */
  readonly text: string;
  readonly model: string;
  readonly stopReason?: string;
}

/** A folder or address that the client works in. */
export interface ClientRoot {
  readonly uri: string;
  readonly name?: string;
}

export interface ClientRequests {
  /** Whether the client declared that it supports such requests. */
  readonly canAsk: (kind: ClientInputKind) => boolean;
  readonly askUser: (request: UserForm | UserLink) => Promise<UserResponse>;
  readonly askModel: (request: ModelRequest) => Promise<ModelResponse>;
  readonly listRoots: (options?: Keyed) => Promise<readonly ClientRoot[]>;
}

/** The port through which requests reach the client; the transport of the call provides it. */
export interface ClientInput extends ClientRequests {
  /** True once a request was made that has no response yet. */
  readonly awaiting: boolean;
}

/** For a transport that cannot reach the client during a call, such as a plain HTTP request. */
export const NO_CLIENT_INPUT: ClientInput = {
  awaiting: false,
  canAsk: () => false,
  askUser: () => unsupported("the user's input"),
  askModel: () => unsupported("a completion by the client's model"),
  listRoots: () => unsupported("the client's roots"),
};

function unsupported(what: string): Promise<never> {
  return Promise.reject(
    new ToolError('tool_error', `The tool needs ${what}, which this kind of call does not support.`, {
      suggestion: 'Call the tool over MCP from a client that supports elicitation, sampling and roots.',
    }),
  );
}
