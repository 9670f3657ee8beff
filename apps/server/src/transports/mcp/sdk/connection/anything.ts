/** Accepts everything: the SDK answers what a schema rejects with a message that is not for people. */
export const anything: {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => { value: unknown };
  };
} = {
  '~standard': {
    version: 1,
    vendor: 'mcp-server',
    validate: (value: unknown): { value: unknown } => ({ value }),
  },
};
