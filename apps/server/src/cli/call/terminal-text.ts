import { replaceHidden } from '@mcp/tool-base';

/** Text that cannot control the terminal that shows it: without hidden characters but for tabs and line ends. */
export function terminalText(text: string): string {
  return replaceHidden(text, (character) => (character === '\n' || character === '\t' ? character : ''));
}
