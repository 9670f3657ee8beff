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
  let open = true;
  const end = (): void => {
    if (open) ended();
    open = false;
  };
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      reading?.(true);
      const { done, value } = await reader.read();
      reading?.(false);
      if (!done) return controller.enqueue(value);
      end();
      controller.close();
    },
    async cancel(reason) {
      end();
      cancelled?.();
      await reader.cancel(reason);
    },
  });
  return new Response(body, response);
}
