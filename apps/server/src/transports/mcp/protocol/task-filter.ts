/** `taskIds` of `subscriptions/listen`: the SDK's router knows four kinds of changes, and drops this one. */
import type { Implementation } from '@modelcontextprotocol/server';

import type { Principal } from '../../../access/principal.ts';
import type { JobCalls } from '../../../calls/job-calls.ts';
import { INVALID_PARAMS } from '../../../foundation/json-rpc-codes.ts';
import type { JsonObject } from './json-object.ts';
import { CLIENT_CAPABILITIES_META_KEY, CLIENT_INFO_META_KEY } from './protocol-names.ts';
import { declaresTasks, TASKS_CAPABILITY, TASKS_EXTENSION } from './task.ts';

export interface FilterError {
  readonly code: number;
  readonly message: string;
  readonly data?: object;
}

export type TaskFilter =
  | { readonly kind: 'rejected'; readonly error: FilterError }
  | {
      readonly kind: 'granted';
      /** In the order of the request; those that are not tasks of this caller are left out. */
      readonly ids: readonly string[];
      readonly client: Implementation | undefined;
      /** The request for the SDK. */
      readonly message: JsonObject;
    };

const MISSING_CAPABILITY = -32_021;
const MAX_IDS = 64;
const OTHER_KINDS = ['toolsListChanged', 'promptsListChanged', 'resourcesListChanged', 'resourceSubscriptions'];
/** Keeps a stream open that asks for tasks alone: the SDK closes one that it has nothing for. There is no such resource. */
const TASKS_PLACEHOLDER = 'mcp://tasks';

/** @returns undefined for every request but one that listens to tasks */
export function listensToTasks({ method, params }: JsonObject): boolean {
  return method === 'subscriptions/listen' && taskIdsIn(params) !== undefined;
}

/** @param message a request that listens to tasks */
export async function readTaskFilter(message: JsonObject, calls: JobCalls, principal: Principal): Promise<TaskFilter> {
  const params = message['params'] as JsonObject;
  const meta = params['_meta'] as JsonObject | undefined;
  if (!declaresTasks(meta?.[CLIENT_CAPABILITIES_META_KEY] as JsonObject | undefined)) return rejected(notDeclared);
  const ids = taskIdsIn(params);
  if (!Array.isArray(ids) || ids.length > MAX_IDS || ids.some((id) => typeof id !== 'string')) return rejected(invalid);
  const unique = [...new Set(ids as string[])];
  const found = await Promise.all(unique.map((id) => calls.find(id, principal)));
  const granted = unique.filter((_, index) => found[index] !== undefined);
  const { taskIds: _, ...others } = params['notifications'] as JsonObject;
  const isAlone = granted.length > 0 && OTHER_KINDS.every((kind) => !isAskedFor(others[kind]));
  const notifications = isAlone ? { resourceSubscriptions: [TASKS_PLACEHOLDER] } : others;
  const client = meta?.[CLIENT_INFO_META_KEY] as Implementation | undefined;
  return { kind: 'granted', ids: granted, client, message: { ...message, params: { ...params, notifications } } };
}

/** What the SDK acknowledged, with the tasks. */
export function withTaskIds(acknowledged: JsonObject, ids: readonly string[]): JsonObject {
  const { resourceSubscriptions, ...others } = acknowledged;
  const uris = Array.isArray(resourceSubscriptions)
    ? resourceSubscriptions.filter((uri) => uri !== TASKS_PLACEHOLDER)
    : [];
  return {
    ...others,
    ...(uris.length > 0 && { resourceSubscriptions: uris }),
    ...(ids.length > 0 && { taskIds: ids }),
  };
}

function taskIdsIn(params: unknown): unknown {
  return memberOf(memberOf(params, 'notifications'), 'taskIds');
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as JsonObject)[name] : undefined;
}

function isAskedFor(value: unknown): boolean {
  return value === true || (Array.isArray(value) && value.length > 0);
}

function rejected(error: FilterError): TaskFilter {
  return { kind: 'rejected', error };
}

const notDeclared: FilterError = {
  code: MISSING_CAPABILITY,
  message: `taskIds needs a client with the tasks extension: declare ${TASKS_EXTENSION} in the client capabilities of this request.`,
  data: { requiredCapabilities: TASKS_CAPABILITY },
};

const invalid: FilterError = {
  code: INVALID_PARAMS,
  message: `params.notifications.taskIds must be an array of at most ${MAX_IDS} strings; listen again for more tasks.`,
};
