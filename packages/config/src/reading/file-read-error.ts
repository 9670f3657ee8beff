/** Why a file could not be used. The message contains neither the path nor any of the content. */
export class FileReadError extends Error {
  override readonly name = 'FileReadError';
  readonly rule: 'missing' | 'unreadable' | 'not_a_file' | 'too_large' | 'permissions' | 'encoding';
  readonly suggestion: string | undefined;

  constructor(rule: FileReadError['rule'], message: string, suggestion?: string) {
    super(message);
    this.rule = rule;
    this.suggestion = suggestion;
  }
}
