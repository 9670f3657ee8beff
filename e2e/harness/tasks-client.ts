/** A client of the 2026 revision that understands tasks, without an SDK. */
import { postModern } from './modern-request.ts';

export const TASKS_VERSION = '2026-07-28';

/** The envelope of its requests. */
export const TASKS_META = {
  'io.modelcontextprotocol/protocolVersion': TASKS_VERSION,
  'io.modelcontextprotocol/clientInfo': { name: 'e2e', version: '1.0.0' },
  'io.modelcontextprotocol/clientCapabilities': { extensions: { 'io.modelcontextprotocol/tasks': {} } },
} as const;

export interface TasksAnswer {
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: number };
}

/** @param params without the envelope */
export function postWithTasks(serverUrl: string, method: string, params: object): Promise<TasksAnswer> {
  return postModern(serverUrl, TASKS_VERSION, { id: 1, method, params: { ...params, _meta: TASKS_META } });
}
