/** The server cannot start, and the message tells the operator why and what to do; no stack is of use to them. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** What went wrong while binding, in words. `port` and `host` are the operator's own. */
export function listenError(error: NodeJS.ErrnoException, host: string, port: number): StartError {
  switch (error.code ?? '') {
    case 'EADDRINUSE':
      return new StartError(
        `Port ${port} on ${host} is already in use. Stop the program that uses it, or choose another port with --port or server.port.`,
      );
    case 'EACCES':
      return new StartError(
        `Port ${port} may not be opened by this user. Choose a port of 1024 or above with --port or server.port.`,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new StartError(`${host} is not an address of this machine. Set --host or server.host to one that is.`);
    default:
      return new StartError(`The server cannot listen on ${host} port ${port}: ${error.code ?? 'unknown error'}.`);
  }
}
