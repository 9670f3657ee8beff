import { SUBSCRIPTION_ID_META_KEY } from './protocol-names.ts';
import type { DetailedTask } from './task.ts';

/** `notifications/tasks`: a task as it is now, for one subscription. */
export function taskNotification(task: DetailedTask, subscriptionId: string | number): object {
  const params = { ...task, _meta: { [SUBSCRIPTION_ID_META_KEY]: subscriptionId } };
  return { jsonrpc: '2.0', method: 'notifications/tasks', params };
}
