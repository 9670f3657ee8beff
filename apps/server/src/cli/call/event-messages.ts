/** The JSON messages in a stream of server-sent events, in order. Comments, ids and event names are skipped. */
export async function* eventMessages(body: AsyncIterable<Uint8Array>): AsyncGenerator {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      // The server writes every message on one line.
      const data = /^data: ?(.+?)\r?$/u.exec(line)?.[1];
      if (data !== undefined) yield JSON.parse(data);
    }
  }
}
