/** A command cannot do what it was asked. The message is for the person at the terminal: what is wrong and what to do. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  /** 1 for the surroundings (configuration, network, key), 2 for the command line. */
  readonly exitCode: 1 | 2;

  constructor(exitCode: 1 | 2, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}
