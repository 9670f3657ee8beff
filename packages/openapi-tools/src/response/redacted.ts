/** Shorter secrets are not searched for: replacing them would redact ordinary words. */
const MIN_LENGTH = 4;

/** A text without the secrets of its request: some APIs repeat what they were sent. */
export function redacted(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) if (secret.length >= MIN_LENGTH) clean = clean.replaceAll(secret, '[redacted]');
  return clean;
}
