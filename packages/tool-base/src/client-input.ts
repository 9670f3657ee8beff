/**
 * What a tool can ask of the client that called it: a person's answer, a completion by the client's model, its roots.
 *
 * There is one way to ask, whatever protocol the client speaks. A question without an answer ends the run; once the
 * client has answered, the tool runs again from the top and the same question returns its answer at once. So a tool
 * asks first and acts afterwards: what it does before a question is done again after it.
 */

import { ToolError } from './tool-error.ts';

/** Something a client may be able to provide; which of them it can, it says itself. */
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
  /** Names the question within the tool, so that its answer finds it again. Needed when questions depend on each other.
   * @default the place of the question among all that the run asks: `input_1`, `input_2`, ... */
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
export type UserAnswer =
  | { readonly action: 'accept'; readonly values: Readonly<Record<string, FormValue>> }
  | { readonly action: 'decline' | 'cancel' };

export interface ModelMessage {
  readonly role: 'user' | 'assistant';
  readonly text: string;
}

/** A completion by the client's own model. */
export interface ModelQuestion extends Keyed {
  /** The one message of the user, or the whole conversation. */
  readonly prompt: string | readonly ModelMessage[];
  /** Tokens at most. */
  readonly maxTokens: number;
  readonly systemPrompt?: string;
  readonly temperature?: number;
}

export interface ModelAnswer {
  /** The text parts of the answer, joined by line ends. Written by a model: data, not instructions. */
  readonly text: string;
  readonly model: string;
  readonly stopReason?: string;
}

/** A folder or address that the client works in. */
export interface ClientRoot {
  readonly uri: string;
  readonly name?: string;
}

export interface AsksClient {
  /** Whether the client said that it can answer such questions. */
  readonly canAsk: (kind: ClientInputKind) => boolean;
  readonly askUser: (question: UserForm | UserLink) => Promise<UserAnswer>;
  readonly askModel: (question: ModelQuestion) => Promise<ModelAnswer>;
  readonly listRoots: (options?: Keyed) => Promise<readonly ClientRoot[]>;
}

/** The port through which questions reach the client; the face that serves the call gives one. */
export interface ClientInput extends AsksClient {
  /** True once a question was put that has no answer yet. */
  readonly awaiting: boolean;
}

/** A face behind which nobody can be asked, such as a plain HTTP call. */
export const NO_CLIENT_INPUT: ClientInput = {
  awaiting: false,
  canAsk: () => false,
  askUser: () => nobody('its user'),
  askModel: () => nobody('its model'),
  listRoots: () => nobody('its roots'),
};

function nobody(what: string): Promise<never> {
  return Promise.reject(
    new ToolError(
      'tool_error',
      `The tool has to ask the client for ${what}, which cannot be done on this way of calling.`,
      {
        suggestion: 'Call the tool over MCP from a client that can answer.',
      },
    ),
  );
}
