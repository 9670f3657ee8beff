/** The code of what the file system, the network or the kernel refused, such as `ENOENT`. Its message would name files. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown error';
}
