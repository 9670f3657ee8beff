import { createSocket } from 'node:dgram';

/** The discard service. */
const PORT = 9;

/**
 * Whether the kernel refuses a packet to an address, from this process. An address rule of systemd and a packet filter say so to the
 * sender; a packet that leaves goes no further than the next router.
 */
export function refusesPacket(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    const over = (code: string | undefined): void => {
      socket.close();
      resolve(code === 'EPERM');
    };
    socket.once('error', (error) => over(codeOf(error)));
    socket.bind(() => {
      socket.setTTL(1);
      socket.send('', PORT, address, (error) => over(codeOf(error)));
    });
  });
}

function codeOf(error: NodeJS.ErrnoException | null): string | undefined {
  return error?.code;
}
