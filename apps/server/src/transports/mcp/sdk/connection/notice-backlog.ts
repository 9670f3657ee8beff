/** What one request may have sent to a client that has not read it. Its result is sent in any case. */
const MAX_UNREAD_BYTES = 256 * 1024;

/**
 * Bounds the notices of one request that wait for a client: a tool may log and report progress for as long as it runs, and a
 * client need not read. What is beyond the bound is dropped.
 */
export class NoticeBacklog {
  readonly #isUnread: () => boolean;
  #bytes = 0;
  #unsettled = 0;
  #hasLooked = false;

  /** @param isUnread whether the client has not read what was sent to it */
  constructor(isUnread: () => boolean) {
    this.#isUnread = isUnread;
  }

  /** @returns whether a notice of this size may be sent */
  takes(bytes: number): boolean {
    // Within one iteration of the event loop nothing can be read.
    if (!this.#hasLooked) {
      this.#hasLooked = true;
      setImmediate(() => (this.#hasLooked = false));
      if (this.#unsettled === 0 && !this.#isUnread()) this.#bytes = 0;
    }
    if (this.#bytes + bytes > MAX_UNREAD_BYTES) return false;
    this.#bytes += bytes;
    return true;
  }

  /** @param sent resolves when more can be sent to the client */
  async follow(sent: Promise<unknown>): Promise<void> {
    this.#unsettled += 1;
    // The client may be gone; the call itself is notified by its signal.
    await sent.catch(() => {});
    this.#unsettled -= 1;
  }
}
