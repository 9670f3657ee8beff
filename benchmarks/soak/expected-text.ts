export function expectText(text: string | undefined, ...alternatives: readonly string[]): void {
  if (alternatives.some((part) => text?.includes(part))) return;
  throw new Error(`expected ${alternatives.join(' or ')}, got ${text?.slice(0, 300)}`);
}
