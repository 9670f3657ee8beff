export type BodyEnd = 'complete' | 'cancelled' | 'failed';

export interface BodySource {
  /** The next piece; undefined at the end. Called when the reader waits for it. */
  readonly next: () => Promise<Uint8Array | undefined>;
  /** Called once, whatever ends the body: its end, its reader, or a failure of `next`. */
  readonly ended: (end: BodyEnd) => void;
}

/**
 * A body that is made as fast as it is read. Where its source fails it ends: the adapter of Hono would write the message of the
 * error into it, and a stack to stderr. The source logs its failures itself.
 */
export function pulledBody({ next, ended }: BodySource): ReadableStream<Uint8Array> {
  let isCancelled = false;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        let end: BodyEnd = 'complete';
        const piece = await next().catch(() => void (end = 'failed'));
        if (isCancelled) return;
        if (piece) return controller.enqueue(piece);
        controller.close();
        ended(end);
      },
      cancel() {
        isCancelled = true;
        ended('cancelled');
      },
    },
    { highWaterMark: 0 },
  );
}
