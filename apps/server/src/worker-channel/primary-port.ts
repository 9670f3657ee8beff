import process from 'node:process';

import type { MessagePort } from './channel.ts';

/** The primary, as a worker reaches it. */
export function primaryPort(): MessagePort {
  return {
    // Without a primary this process ends, so nothing is left to do about a message that it did not get.
    send: (message) => void process.send?.(message, undefined, undefined, () => {}),
    onMessage: (listener) => void process.on('message', listener),
  };
}
