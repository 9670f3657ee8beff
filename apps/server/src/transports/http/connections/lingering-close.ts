import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import type { Clock } from '../../../foundation/clock.ts';

/** How long a client may go on sending a body that was answered before its end. */
const LINGER_MS = 2000;

/**
 * A socket that is closed while its client still sends is reset, and the client loses the response that says why: of a body that
 * is too large it would learn nothing but a broken connection. So what still comes of it is read and discarded first.
 *
 * @param current the response that was started last
 */
export function lingerOnClose(
  socket: Socket,
  current: () => ServerResponse | undefined,
  clock: Pick<Clock, 'setTimer'>,
): void {
  const closeAtOnce = socket.destroySoon.bind(socket);
  let isLingering = false;
  // Node calls it after a response that closes the connection.
  socket.destroySoon = (): void => {
    const request: IncomingMessage | undefined = current()?.req;
    if (isLingering || request === undefined || request.complete || socket.destroyed) return closeAtOnce();
    isLingering = true;
    const timer = clock.setTimer(LINGER_MS, () => socket.destroy());
    request.removeAllListeners('data').once('end', closeAtOnce).resume();
    socket.once('close', () => timer[Symbol.dispose]());
    socket.end();
  };
}
