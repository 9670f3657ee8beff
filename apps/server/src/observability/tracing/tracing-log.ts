/** The log lines of tracing; the server's logger is one. */
export interface TracingLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}
