/** The code of what the file system or the kernel refused, such as `ENOENT`. Its message would name files. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
}
