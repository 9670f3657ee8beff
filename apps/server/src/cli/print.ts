/** What a command says. Parts of it come from files, servers and the command line, so none of it can control the terminal. */
import { terminalText } from './call/terminal-text.ts';

export function print(text: string): void {
  process.stdout.write(terminalText(text));
}

export function printError(text: string): void {
  process.stderr.write(terminalText(text));
}
