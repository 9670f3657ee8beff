/** Port: what the servers of a cluster know of each other's sessions; part of the engine. */
export interface SessionEngine {
  /** Where other servers send what is meant for this process. Without a dot. */
  readonly address: string;
  /** Ends a session on all servers, and keeps it from being opened again for a day. */
  readonly end: (session: string) => Promise<void>;
  readonly isEnded: (session: string) => Promise<boolean>;
  /** What the client of a session has set, for the servers that have it and those that will open it. An empty value removes it. */
  readonly set: (session: string, field: string, value: string) => Promise<void>;
  readonly fields: (session: string) => Promise<ReadonlyMap<string, string>>;
  /** Notifies the servers that have the session; nothing is kept. */
  readonly notify: (session: string, field: string, value: string) => Promise<void>;
  /** Gives an engine that has lost its data back what this server has ended or set; no server is notified. Missing where the engine loses nothing. */
  readonly restore?: (known: KnownSessions) => Promise<void>;
  /** To one server. Lost if it has gone. */
  readonly send: (address: string, session: string, message: string) => Promise<void>;
}

export interface KnownSessions {
  /** For how many milliseconds each must not be opened again. */
  readonly ended: ReadonlyMap<string, number>;
  readonly fields: readonly (readonly [session: string, field: string, value: string])[];
}

/** Functions are called in the order of the engine, and must not throw. */
export interface SessionListener {
  onSessionEnded(session: string): void;
  onSessionField(session: string, field: string, value: string): void;
  onSessionMessage(session: string, message: string): void;
}

export const SESSION_MS: number = 24 * 3_600_000;
