export interface Reader {
  response: Response;
  /** Everything that has arrived since the last call. */
  read: () => Promise<string>;
  cancel: () => Promise<void>;
}

export function reader(response: Response): Reader {
  const source = (response.body ?? new ReadableStream<Uint8Array>()).getReader();
  let pending: Promise<string | undefined> | undefined;
  const next = (): Promise<string | undefined> =>
    source.read().then(({ done, value }) => (done ? undefined : Buffer.from(value).toString()));
  return {
    response,
    async read() {
      let text = '';
      for (;;) {
        pending ??= next();
        const chunk = await Promise.race([pending, new Promise<null>((resolve) => setImmediate(resolve, null))]);
        if (chunk === null) return text;
        pending = undefined;
        if (chunk === undefined) return `${text}[end]`;
        text += chunk;
      }
    },
    cancel: () => source.cancel(),
  };
}
