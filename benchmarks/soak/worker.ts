import type { Client } from './client.ts';

/** Does one kind of thing once, and throws for a wrong answer. */
export type Worker = (client: Client, round: number) => Promise<void>;
export type Workers = Readonly<Record<string, Worker>>;
