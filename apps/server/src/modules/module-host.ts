/** What a module can do to the running server, given to its `setup`. */
export interface ModuleHost {
  /** Offers a tool, or no longer; every client that listens is told. @returns false when there is no such tool, or the configuration excludes it */
  switchTool(name: string, offered: boolean): boolean;
  /** Offers a prompt, or no longer; every client that listens is told. @returns false when there is no such prompt */
  switchPrompt(name: string, offered: boolean): boolean;
  /** Tells the clients that subscribed to this resource that it has changed. */
  resourceUpdated(uri: string): void;
}

/** Called once, when the server is made and before it serves. */
export type ModuleSetup = (host: ModuleHost) => void | Promise<void>;
