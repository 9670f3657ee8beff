import { pulledBody } from '../../../../foundation/pulled-body.ts';

/**
 * The same response, and a call when it has ended: at once unless it is a stream, else when either side ends it.
 *
 * @param cancelled called, after `ended`, when the client ended the stream
 * @param reading called when the client begins to wait for more, and when it has got more
 */
export function whenEnded(
  response: Response,
  ended: () => void,
  cancelled?: () => void,
  reading?: (isWaiting: boolean) => void,
): Response {
  if (!response.body || !response.headers.get('content-type')?.startsWith('text/event-stream')) {
    ended();
    return response;
  }
  const reader = response.body.getReader();
  const body = pulledBody({
    async next() {
      reading?.(true);
      const { value } = await reader.read();
      reading?.(false);
      return value;
    },
    ended(end) {
      ended();
      if (end !== 'cancelled') return;
      cancelled?.();
      void reader.cancel().catch(() => {});
    },
  });
  return new Response(body, response);
}
