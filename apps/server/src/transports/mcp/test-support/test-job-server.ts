/** The MCP endpoint over HTTP with jobs that run the tools of a test; only the time of the jobs is the test's. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { KeptOutput, ToolDefinition } from '@mcp/tool-base';

import type { Principal } from '../../../access/principal.ts';
import { TestCredentials } from '../../../access/test-support/test-credentials.ts';
import { executeThrough } from '../../../calls/job-calls.ts';
import { readHintOf } from '../../../calls/kept-output-hint.ts';
import { CallLimit } from '../../../calls/call-limit.ts';
import { FileOutputStore } from '../../../jobs/output/file-output-store.ts';
import { executionResource } from '../../../catalog/execution-resources.ts';
import { Jobs } from '../../../jobs/jobs.ts';
import { MemoryJobStore } from '../../../jobs/stores/memory-job-store.ts';
import { MemoryEventBus } from '../../../observability/events/memory-event-bus.ts';
import { ManualClock } from '../../../foundation/test-support/manual-clock.ts';
import { jobInputRequests } from '../client-input/job-input-requests.ts';
import { McpHttpEndpoint } from '../http-endpoint.ts';
import { ChangeNotifier } from '../sdk/connection/change-notifier.ts';
import { answerIn, envelope, initialize, post } from './messages.ts';
import { testDependencies, type TestDependencies } from './test-dependencies.ts';

export const TASKS = 'io.modelcontextprotocol/tasks';
export const withTasks = { extensions: { [TASKS]: {} } };

export interface RpcAnswer {
  readonly status: number;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

export class TestJobServer implements AsyncDisposable {
  readonly clock: ManualClock = new ManualClock();
  readonly dependencies: TestDependencies;
  readonly notifier: ChangeNotifier = new ChangeNotifier();
  readonly endpoint: McpHttpEndpoint;
  readonly jobs: Jobs;
  readonly #folder = mkdtempSync(join(tmpdir(), 'job-server-'));
  #sessionId: string | undefined;
  #id = 0;

  /** @param more of the dependencies of the endpoint */
  constructor(tools: readonly ToolDefinition[], more: Partial<TestDependencies> = {}) {
    const { clock } = this;
    const keepCall = (tool: string, caller: string) => (): KeptOutput => this.jobs.keepCall(tool, caller);
    const parts = testDependencies(tools, new CallLimit(1000), { keepCall }, () => Promise.resolve(this.jobs));
    const resources = [...parts.resources, executionResource(parts.jobs.calls)];
    this.dependencies = { ...parts, resources, ...more };
    this.jobs = new Jobs({
      store: new MemoryJobStore(clock),
      outputs: new FileOutputStore({ folder: this.#folder }),
      leaseMs: 15_000,
      settings: () => ({
        perCaller: 50,
        maxQueued: 100,
        maxRunning: 8,
        maxBytes: 1e9,
        maxBytesPerCaller: 1e9,
        retentionMs: 60_000,
      }),
      execute: executeThrough(this.dependencies.gateway, jobInputRequests),
      readHintOf: (id) => readHintOf(id, { overHttp: true }),
      busyTools: () => [],
      events: new MemoryEventBus(),
      logger: { info: () => {}, warn: () => {}, error: () => {} },
      onEndedOutsideRun: () => {},
      clock,
    });
    this.endpoint = new McpHttpEndpoint({
      ...this.dependencies,
      notifier: this.notifier,
      callers: new TestCredentials(),
    });
  }

  /** A request of the 2026 revision. */
  async modern(
    method: string,
    params: Readonly<Record<string, unknown>> = {},
    { capabilities = {}, principal = ann }: { readonly capabilities?: object; readonly principal?: Principal } = {},
  ): Promise<RpcAnswer> {
    const _meta = {
      ...envelope,
      'io.modelcontextprotocol/clientCapabilities': capabilities,
      ...(params['_meta'] as object | undefined),
    };
    const name = params['name'] ?? params['taskId'] ?? params['uri'];
    const headers = {
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      ...(typeof name === 'string' && { 'mcp-name': name }),
    };
    const { request, body } = post({ method, id: ++this.#id, params: { ...params, _meta } }, headers);
    return read(await this.endpoint.handle(request, body, principal));
  }

  /** A request in a session of the 2025 era. */
  async legacy(
    method: string,
    params: Readonly<Record<string, unknown>> = {},
    principal: Principal = ann,
  ): Promise<RpcAnswer> {
    this.#sessionId ??= await this.#openSession(principal);
    const { request, body } = post(
      { method, id: ++this.#id, params },
      { 'mcp-session-id': this.#sessionId, 'mcp-protocol-version': '2025-11-25' },
    );
    return read(await this.endpoint.handle(request, body, principal));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.endpoint.close();
    await this.jobs[Symbol.asyncDispose]();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #openSession(principal: Principal): Promise<string> {
    const { request, body } = post(initialize);
    const response = await this.endpoint.handle(request, body, principal);
    await response.text();
    return response.headers.get('mcp-session-id') ?? '';
  }
}

export const ann: Principal = { name: 'ann', scopes: ['tools:call'] };

async function read(response: Response): Promise<RpcAnswer> {
  return { status: response.status, ...(await answerIn(response)) };
}
