/** pino-roll ships no types; these are the options in use here. */
declare module 'pino-roll' {
  import type { DestinationStream } from 'pino';

  export default function roll(options: {
    file: string | undefined;
    size: string;
    limit: { count: number; removeOtherLogFiles: boolean };
    mkdir: boolean;
    mode: number;
  }): Promise<DestinationStream>;
}
