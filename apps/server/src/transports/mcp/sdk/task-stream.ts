/** `subscriptions/listen` over HTTP with `taskIds`: the stream of the SDK, and the tasks between its frames. */
import type { Principal } from '../../../access/principal.ts';
import { pulledBody } from '../../../foundation/pulled-body.ts';
import type { JsonObject } from '../protocol/json-object.ts';
import type { ProtocolDependencies } from '../protocol/protocol-dependencies.ts';
import { readTaskFilter, withTaskIds } from '../protocol/task-filter.ts';
import { taskNotification } from '../protocol/task-notification.ts';
import { TaskWatch } from '../protocol/task-watch.ts';
import { detailedTask } from '../protocol/task.ts';

export interface TaskStreamOptions {
  readonly dependencies: Pick<ProtocolDependencies, 'jobs' | 'gateway'>;
  readonly message: JsonObject;
  readonly principal: Principal;
  /** Answers the request without the tasks. */
  readonly listen: (message: JsonObject) => Promise<Response>;
}

type Subscription = string | number;

export async function openTaskStream({
  dependencies,
  message,
  principal,
  listen,
}: TaskStreamOptions): Promise<Response> {
  const { jobs, gateway } = dependencies;
  const id = message['id'] as Subscription;
  const filter = await readTaskFilter(message, jobs.calls, principal);
  if (filter.kind === 'rejected') {
    const status = filter.error.data === undefined ? 200 : 400;
    return Response.json({ jsonrpc: '2.0', id, error: filter.error }, { status });
  }
  const response = await listen(filter.message);
  if (!response.body || !response.headers.get('content-type')?.startsWith('text/event-stream')) return response;
  let changed = Promise.withResolvers<void>();
  const watch = new TaskWatch({ calls: jobs.calls, principal, ids: filter.ids, onChanged: () => changed.resolve() });
  const nextTask = async (): Promise<string | undefined> => {
    const job = await watch.take();
    return job && frameOf(taskNotification(detailedTask(job, gateway, filter.client), id));
  };
  const reader = response.body.getReader();
  let reading: ReturnType<typeof reader.read> | undefined;
  let isAcknowledged = false;
  const body = pulledBody({
    async next() {
      for (;;) {
        const task = isAcknowledged ? await nextTask() : undefined;
        if (task !== undefined) return encoder.encode(task);
        reading ??= reader.read();
        const read = await Promise.race([reading, changed.promise]);
        if (read === undefined) {
          changed = Promise.withResolvers();
          continue;
        }
        reading = undefined;
        if (isAcknowledged || read.done) return read.value;
        await watch.start();
        isAcknowledged = true;
        return acknowledgement(read.value, filter.ids);
      }
    },
    ended() {
      watch[Symbol.dispose]();
      void reader.cancel().catch(() => {});
    },
  });
  return new Response(body, response);
}

const encoder = new TextEncoder();
const DATA = 'data: ';

function frameOf(message: object): string {
  return `event: message\n${DATA}${JSON.stringify(message)}\n\n`;
}

/** The first frame of the SDK, with the tasks. */
function acknowledgement(frame: Uint8Array, ids: readonly string[]): Uint8Array {
  const line = new TextDecoder()
    .decode(frame)
    .split('\n')
    .find((text) => text.startsWith(DATA));
  const message = JSON.parse(line?.slice(DATA.length) ?? '{}') as { readonly params: JsonObject };
  const { params } = message;
  const notifications = withTaskIds(params['notifications'] as JsonObject, ids);
  return encoder.encode(frameOf({ ...message, params: { ...params, notifications } }));
}
