/** The server cannot start. The message is for the operator: the reason and the fix, no stack. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** The settings that a listener takes its address from, for error messages. */
export interface ListenSettings {
  readonly host: string;
  readonly port: string;
}

const MAIN_LISTENER: ListenSettings = { host: '--host or server.host', port: '--port or server.port' };

export function listenError(
  error: NodeJS.ErrnoException,
  host: string,
  port: number,
  settings: ListenSettings = MAIN_LISTENER,
): StartError {
  switch (error.code ?? '') {
    case 'EADDRINUSE':
      return new StartError(
        `Port ${port} on ${host} is already in use. Stop the program that uses it, or choose another port with ${settings.port}.`,
      );
    case 'EACCES':
      return new StartError(
        `Port ${port} may not be opened by this user. Choose a port of 1024 or above with ${settings.port}.`,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new StartError(`${host} is not an address of this machine. Set ${settings.host} to one that is.`);
    default:
      return new StartError(`The server cannot listen on ${host} port ${port}: ${error.code ?? 'unknown error'}.`);
  }
}
