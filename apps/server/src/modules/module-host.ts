/** What a module can change in the running server; passed to its `setup` function. */
export interface ModuleHost {
  /** Enables or disables a tool and notifies subscribed clients. @returns false when there is no such tool, or the configuration excludes it */
  switchTool(name: string, offered: boolean): boolean;
  /** Enables or disables a prompt and notifies subscribed clients. @returns false when there is no such prompt */
  switchPrompt(name: string, offered: boolean): boolean;
  /** Notifies the clients that subscribed to this resource that it changed. */
  resourceUpdated(uri: string): void;
}

/** Called once, before the server accepts requests. */
export type ModuleSetup = (host: ModuleHost) => void | Promise<void>;
