/** A tool whose breaker is of its target and whose calls end as they are asked to, and a caller that keeps to one server or worker. */
import { Agent, request } from 'node:http';

import { headers } from './tool-requests.ts';

/** A module of the server, as `probe.mjs`. Three failures in a row open the breaker of a target. */
export const probeModule = `
import { defineTool, fromJsonSchema, ToolError } from '@mcp/server';
const properties = { address: { type: 'string' }, end: { enum: ['success', 'timeout', 'execution_error', 'unavailable'] } };
export const tools = [
  defineTool({
    name: 'probe',
    description: 'Ends as it is asked to',
    input: fromJsonSchema({ type: 'object', properties, required: ['address', 'end'] }),
    target: { parameter: 'address', kind: 'ip' },
    circuitBreaker: { scope: 'target', failureThreshold: 3 },
    run({ end }) {
      if (end !== 'success') throw new ToolError(end, 'as asked');
      return 'well';
    },
  }),
];
`;

/** HTTP statuses of the ways in which a call can end. */
export const STATUS = { success: 200, timeout: 504, execution_error: 502, unavailable: 503 } as const;

export interface BreakerState {
  readonly state: string;
  readonly primedForMs: number;
}

/** Sends every request over one connection, so all of them reach the same worker. */
export class Prober implements Disposable {
  readonly #url: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(url: string) {
    this.#url = url;
  }

  /** @returns the HTTP status */
  async call(end: keyof typeof STATUS): Promise<number> {
    const values = { arguments: { address: '127.0.0.1', end } };
    return (await this.#ask('POST', '/tools/probe/execute', JSON.stringify(values))).status;
  }

  async breaker(): Promise<BreakerState | undefined> {
    const { text } = await this.#ask('GET', '/tools/probe');
    return (JSON.parse(text) as { readonly breakerStatistics: BreakerState[] }).breakerStatistics[0];
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }

  #ask(method: string, path: string, body?: string): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const sent = request(`${this.#url}${path}`, { method, headers, agent: this.#agent }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      });
      sent.on('error', reject).end(body);
    });
  }
}

/** What a server counts of the breaker, from its metrics. */
export async function openings(url: string): Promise<{ all: number; caused: number }> {
  const text = await (await fetch(`${url}/metrics`, { headers })).text();
  const value = (pattern: RegExp): number => Number(pattern.exec(text)?.[1] ?? 0);
  return {
    all: value(
      /^circuit_breaker_transitions_total\{(?=[^}]*to_state="open")(?=[^}]*name="probe@127\.0\.0\.1")[^}]*\} (\S+)/mu,
    ),
    caused: value(/^mcp_cluster_breaker_openings_total (\S+)/mu),
  };
}
