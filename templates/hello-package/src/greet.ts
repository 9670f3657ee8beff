const MAX_NAME_LENGTH = 100;

export interface GreetOptions {
  /** Who is greeted; 1 to 100 characters. @default 'world' */
  readonly name?: string;
}

/** @throws {RangeError} when the name is empty or longer than 100 characters */
export function greet({ name = 'world' }: GreetOptions = {}): string {
  if (name.length < 1 || name.length > MAX_NAME_LENGTH) {
    throw new RangeError(`name must have 1 to ${MAX_NAME_LENGTH} characters, got ${name.length}`);
  }
  return `Hello, ${name}!`;
}
