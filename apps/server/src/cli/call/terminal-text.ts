// Control characters except tab and newline, and the characters that reorder or hide text.
const CONTROL = /[^\P{Cc}\t\n]|[\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f]/gu;

/** Text that cannot control the terminal that shows it. */
export function terminalText(text: string): string {
  return text.replaceAll(CONTROL, '');
}
