/** pino-roll ships no types; these are the options in use here. */
declare module 'pino-roll' {
  import type { EventEmitter } from 'node:events';

  import type { DestinationStream } from 'pino';

  export default function roll(options: {
    file: string;
    size: string;
    limit: { count: number; removeOtherLogFiles: boolean };
    mode: number;
  }): Promise<DestinationStream & EventEmitter>;
}
