import type { Clock } from '../clock.ts';
import { fieldsOf } from '../state/event-line.ts';
import type { ApiClient } from './api-client.ts';
import { EventStream } from './event-stream.ts';

export type OutputName = 'stdout' | 'stderr';

export interface JobOutputOptions {
  readonly api: Pick<ApiClient, 'fetch'>;
  readonly clock: Clock;
  readonly id: string;
  readonly stream: OutputName;
  /** Bytes that are left out at the start. */
  readonly from: number;
  readonly onText: (text: string) => void;
  /** @param text why there is nothing new for now; '' when there is again */
  readonly onProblem: (text: string) => void;
}

/** Follows the output of a job until it ends or the result is disposed. */
export function followOutput(options: JobOutputOptions): Disposable {
  const { api, clock, id, stream, from, onText, onProblem } = options;
  const path = `executions/${id}/output?follow=true&stream=${stream}`;
  const events = new EventStream({
    open: (headers, signal) => api.fetch('GET', path, { 'last-event-id': String(from), ...headers }, { signal }),
    onMessage({ type, data }) {
      if (type === 'end') return events.stop();
      if (type !== 'output') return;
      const { text, base64 } = fieldsOf(data);
      onText(typeof text === 'string' ? text : notText(base64));
    },
    onStatus(status) {
      if (status.status === 'waiting') onProblem(`The output is not up to date: ${status.reason}.`);
      if (status.status === 'rejected') onProblem('The key in use may not read the output.');
      if (status.status === 'live') onProblem('');
    },
    clock,
  });
  void events.run();
  return { [Symbol.dispose]: () => events.stop() };
}

function notText(base64: unknown): string {
  const bytes = typeof base64 === 'string' ? Math.floor((base64.replaceAll('=', '').length * 3) / 4) : 0;
  return `\n[${bytes} bytes that are not text]\n`;
}
