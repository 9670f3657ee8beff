import type { Clock } from '../../foundation/clock.ts';
import { Channel, type MessagePort } from '../../worker-channel/channel.ts';

/** The two ends of an IPC channel within this process; messages are copied, as in a real one. */
export function channelPair(clock: Clock): { readonly primary: Channel; readonly worker: Channel; messages: number } {
  const listeners: ((message: unknown) => void)[] = [];
  const pair = { messages: 0 };
  const port = (own: number): MessagePort => ({
    send(message) {
      pair.messages += 1;
      const copy: unknown = structuredClone(message);
      setImmediate(() => listeners[1 - own]?.(copy));
    },
    onMessage: (listener) => void (listeners[own] = listener),
  });
  return Object.assign(pair, { primary: new Channel(port(0), clock), worker: new Channel(port(1), clock) });
}
