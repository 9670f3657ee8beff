/**
 * A client of the 2026 revision with the tasks extension: a call answers a result or a task, and a task is polled until it has ended.
 * Written with `fetch`, so that everything it sends can be seen.
 */
import { setTimeout as sleep } from 'node:timers/promises';

export interface TaskClient {
  readonly url: string;
  readonly key: string;
}

export interface ToolResult {
  readonly content: readonly { readonly type: string; readonly text?: string; readonly uri?: string }[];
  readonly isError?: boolean;
}

interface Task {
  readonly taskId: string;
  readonly status: 'working' | 'input_required' | 'completed' | 'failed' | 'cancelled';
  readonly pollIntervalMs?: number;
  readonly result?: ToolResult;
  readonly error?: { readonly message: string };
}

/** @throws {Error} for a task that failed, was cancelled, or asks for what this client cannot give */
export async function callTool(
  client: TaskClient,
  name: string,
  values: Readonly<Record<string, unknown>>,
  onTask: (taskId: string) => void = () => {},
): Promise<ToolResult> {
  const answer = await request(client, 'tools/call', { name, arguments: values });
  if (answer['resultType'] !== 'task') return answer as unknown as ToolResult;
  let task = answer as unknown as Task;
  onTask(task.taskId);
  while (task.status === 'working') {
    await sleep(task.pollIntervalMs ?? 1000);
    task = (await request(client, 'tasks/get', { taskId: task.taskId })) as unknown as Task;
  }
  if (task.status === 'completed' && task.result) return task.result;
  throw new Error(task.error?.message ?? `The task is ${task.status}.`);
}

let lastId = 0;

async function request(
  { url, key }: TaskClient,
  method: string,
  params: Readonly<Record<string, unknown>>,
): Promise<Record<string, unknown>> {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'long-job', version: '1.0.0' },
    // On each request: what an earlier one declared does not count.
    'io.modelcontextprotocol/clientCapabilities': { extensions: { 'io.modelcontextprotocol/tasks': {} } },
  };
  const response = await fetch(`${url}/mcp`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      'mcp-name': String(params['name'] ?? params['taskId']),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: ++lastId, method, params: { ...params, _meta } }),
  });
  const { result, error } = (await response.json()) as {
    readonly result?: Record<string, unknown>;
    readonly error?: { readonly message: string };
  };
  if (!result) throw new Error(error?.message ?? `HTTP ${response.status}`);
  return result;
}
