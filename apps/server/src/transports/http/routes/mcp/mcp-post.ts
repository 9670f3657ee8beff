/**
 * `POST /mcp`: one MCP message. Most are answered by the fast path; such a call costs less than a web request and a web response do, so
 * this route has neither unless the SDK answers.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Principal } from '../../../../access/principal.ts';
import type { FastAnswer } from '../../../mcp/fast-path/fast-path-answer.ts';
import type { McpHttpEndpoint } from '../../../mcp/http-endpoint.ts';
import { parseMessage } from '../../../mcp/protocol/parse-message.ts';
import { messageErrorResponse, rpcError } from '../../../mcp/protocol/rpc-error.ts';
import type { SubscriptionStreams } from '../../../mcp/subscription-streams.ts';
import type { BodyText } from '../../body/json-body.ts';
import { atEndOfIteration } from '../../../../foundation/end-of-iteration.ts';
import { INVALID_REQUEST, PARSE_ERROR } from '../../../../foundation/json-rpc-codes.ts';
import { problem, problemResponse } from '../../../../foundation/problem-details.ts';
import type { Respond } from '../../routing/direct-handler.ts';
import { responseAlreadySent } from '../../routing/load-hono.ts';
import { readRequestText } from '../../routing/request-body.ts';
import { admitCaller, rejectionResponse, type AuthDependencies } from '../../routing/request-context.ts';
import type { UnroutedRoute } from '../../routing/route.ts';
import { mcpResponses, withoutConnection } from './mcp-routes.ts';

export interface McpPostDependencies extends AuthDependencies {
  readonly subscriptionStreams: SubscriptionStreams;
  readonly onError: (error: Error) => void;
}

type PostEndpoint = Pick<McpHttpEndpoint, 'post' | 'handle'>;

export function mcpPostRoute(endpoint: PostEndpoint, dependencies: McpPostDependencies): UnroutedRoute {
  return {
    method: 'POST',
    path: '/mcp',
    scope: 'tools:call',
    operation: 'mcp',
    summary: 'One MCP message, in the 2026-07-28 revision or a 2025 one',
    responses: mcpResponses,
    direct(incoming, outgoing, respond) {
      const exchange = new PostExchange(endpoint, dependencies, incoming, outgoing, respond);
      exchange.answer().catch((error: unknown) => exchange.fail(error));
    },
  };
}

/** One request and its response. */
class PostExchange {
  readonly #endpoint: PostEndpoint;
  readonly #dependencies: McpPostDependencies;
  readonly #incoming: IncomingMessage;
  readonly #outgoing: ServerResponse;
  readonly #respond: Respond;
  /** Sends the response to the web request, once there is one. */
  #settle: ((response: Response) => void) | undefined;

  constructor(
    endpoint: PostEndpoint,
    dependencies: McpPostDependencies,
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    respond: Respond,
  ) {
    this.#endpoint = endpoint;
    this.#dependencies = dependencies;
    this.#incoming = incoming;
    this.#outgoing = outgoing;
    this.#respond = respond;
  }

  async answer(): Promise<void> {
    const [incoming, outgoing] = [this.#incoming, this.#outgoing];
    const admitting = admitCaller(this.#dependencies, 'tools:call', { incoming, outgoing });
    const admission = admitting instanceof Promise ? await admitting : admitting;
    if (!admission.ok) return this.#send(rejectionResponse(admission));
    const answering = this.#answerTo(admission.principal, await readRequestText({ incoming, outgoing }));
    const answer = answering instanceof Promise ? await answering : answering;
    if (!isFastAnswer(answer)) return this.#send(withoutConnection(answer));
    writeAnswer(outgoing, answer);
    this.#settle?.(responseAlreadySent());
  }

  /** A defect. */
  fail(error: unknown): void {
    this.#dependencies.onError(error instanceof Error ? error : new Error(String(error)));
    if (!this.#outgoing.headersSent) {
      this.#send(problemResponse(problem(500, 'internal_error', 'Internal server error.')));
    }
  }

  #answerTo(principal: Principal, body: BodyText): FastAnswer | Response | Promise<FastAnswer | Response> {
    if (!body.ok) {
      const code = body.status === 413 ? INVALID_REQUEST : PARSE_ERROR;
      return rpcError(body.status, code, body.problem.detail, null, body.headers);
    }
    const parsed = parseMessage(body.text, 'The body');
    if (!parsed.ok) return messageErrorResponse(parsed.error);
    const { message } = parsed;
    if (message['method'] === 'subscriptions/listen') {
      const id = (message['id'] ?? null) as string | number | null;
      const open = (): Promise<Response> => this.#endpoint.handle(this.#webRequest(), message, principal);
      return this.#dependencies.subscriptionStreams.open(principal, id, open);
    }
    const [incoming, outgoing] = [this.#incoming, this.#outgoing];
    return this.#endpoint.post({
      headers: incoming.headers,
      body: message,
      principal,
      address: incoming.socket.remoteAddress,
      request: () => this.#webRequest(),
      onDisconnect: (listener) => {
        outgoing.once('close', listener);
        return () => outgoing.off('close', listener);
      },
    });
  }

  /** For the SDK. Made once: the response is sent through what made it, which aborts its signal when the client disconnects. */
  #webRequest(): Request {
    let made: Request | undefined;
    const response = new Promise<Response>((resolve) => (this.#settle = resolve));
    this.#respond(this.#incoming, this.#outgoing, (request) => {
      made = request;
      return response;
    });
    if (made === undefined) throw new Error('The web request was not made.');
    return made;
  }

  #send(response: Response): void {
    if (this.#settle) this.#settle(response);
    else this.#respond(this.#incoming, this.#outgoing, () => response);
  }
}

/** `instanceof Response` would load Node's `fetch`. */
function isFastAnswer(answer: FastAnswer | Response): answer is FastAnswer {
  return typeof answer.body === 'string';
}

/** Writes to Node's response directly. */
function writeAnswer(outgoing: ServerResponse, { status = 200, body, headers }: FastAnswer): void {
  const length = Buffer.byteLength(body);
  outgoing.writeHead(status, [...headers, 'content-length', String(length)]);
  // ASCII text is the same in both encodings, and Node writes latin1 without a second copy.
  const encoding = length === body.length ? 'latin1' : 'utf8';
  atEndOfIteration(() => outgoing.end(body, encoding));
}
