import { connect } from 'node:net';
import { optionsWithDefaults } from '../check-definition.ts';
import type { CheckDefinition, CheckOptions } from '../check-definition.ts';
import { systemClock } from '../clock.ts';
import { within } from './threshold.ts';

export interface TcpCheckOptions extends CheckOptions {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

function connectOnce(host: string, port: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const abort = (): void => void socket.destroy(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('close', () => signal.removeEventListener('abort', abort));
  });
}

/**
 * Whether a TCP connection can be opened, and how long it took. Sends nothing. Important by default.
 * @throws {RangeError} when the port is out of range
 */
export function tcpCheck(options: TcpCheckOptions): CheckDefinition {
  const { name, host } = options;
  const port = within('tcpCheck', 'port', options.port, 1, 65_535);
  return {
    ...optionsWithDefaults(options, { priority: 'important' }),
    name,
    measurement: 'connect',
    dependency: true,
    async run({ signal }) {
      const startedMs = systemClock.monotonicMs();
      await connectOnce(host, port, signal);
      return {
        status: 'healthy',
        message: 'accepts connections',
        observedValue: Math.round((systemClock.monotonicMs() - startedMs) * 10) / 10,
        observedUnit: 'ms',
        source: 'node:net',
      };
    },
  };
}
