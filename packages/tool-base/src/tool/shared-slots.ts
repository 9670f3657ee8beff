/** Port: the slots of one tool, where several processes share its concurrency limit. */
export interface SharedSlots {
  /** Takes a slot, if this process has a free one. */
  tryTake(): boolean;
  /** Another call of the user waits: it is admitted when there is a slot. */
  request(user: SlotUser): void;
  /** Whether a slot that has become free may serve the next call of its user. */
  mayKeep(): boolean;
  /** Returns a slot that was taken. */
  give(): void;
}

/** A queue of calls that wait for slots. */
export interface SlotUser {
  readonly queued: number;
  /** A slot was taken for the first call of the queue. */
  admitFirst(): void;
}
