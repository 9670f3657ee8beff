/**
 * For a client that accepts JSON but no stream: the response at the end of the stream, as a JSON body. Notifications and
 * requests to the client, which only a stream can carry, are left out.
 *
 * @param disconnected ends the stream, as the client's own end of it would
 */
export async function jsonFromStream(response: Response, disconnected: AbortSignal): Promise<Response> {
  if (!response.body || !response.headers.get('content-type')?.startsWith('text/event-stream')) return response;
  const body = await read(response.body, disconnected);
  const headers = new Headers(response.headers);
  headers.set('content-type', 'application/json');
  return new Response(body, { status: response.status, headers });
}

/** @returns the message with a result or an error, as JSON text */
async function read(stream: ReadableStream<Uint8Array>, disconnected: AbortSignal): Promise<string> {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  const cancel = (): void => void reader.cancel().catch(() => {});
  disconnected.addEventListener('abort', cancel, { once: true });
  let text = '';
  let answer = '';
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    const events = (text + next.value).split('\n\n');
    text = events.pop() ?? '';
    answer = events.map(dataOf).find(isResponse) ?? answer;
  }
  disconnected.removeEventListener('abort', cancel);
  return answer;
}

function dataOf(event: string): string {
  const lines = event.split('\n').filter((line) => line.startsWith('data:'));
  return lines.map((line) => line.slice('data:'.length).trim()).join('\n');
}

function isResponse(data: string): boolean {
  if (data === '') return false;
  const message = JSON.parse(data) as object;
  return 'result' in message || 'error' in message;
}
