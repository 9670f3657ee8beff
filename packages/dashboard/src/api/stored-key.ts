/** The key lives as long as this tab. It goes nowhere but into the Authorization header. */
const NAME = 'mcp-server.key';

/** '' means that the operator chose to go without one; undefined that none was entered. */
export function storedKey(): string | undefined {
  return sessionStorage.getItem(NAME) ?? undefined;
}

export function storeKey(key: string): void {
  sessionStorage.setItem(NAME, key);
}

export function forgetKey(): void {
  sessionStorage.removeItem(NAME);
}

/** What can be sent in a header as it is; nothing else can be a key. */
export function canBeKey(text: string): boolean {
  return /^[\x21-\x7e]*$/u.test(text);
}
