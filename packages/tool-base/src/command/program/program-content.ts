import type { ProgramExit } from '../../launcher/program.ts';
import { isBlank } from '../../result/content-blocks.ts';
import type { ContentBlock } from '../../result/tool-result.ts';
import type { CommandToolSpec } from '../command-spec.ts';
import { isExpectedCode } from '../exit-code.ts';
import type { ProgramText } from '../output-text.ts';

export interface ExitDetails {
  /** What the exit code means, where the tool declares it. */
  readonly meaning: string | undefined;
  /** The checked address of the target. */
  readonly address: string | undefined;
  /** Level and network, where the program ran in a sandbox. */
  readonly sandbox: string | undefined;
}

/** Output is shown as it is; what the server adds is a block of its own, in brackets. Some model APIs reject blank blocks. */
export function programContent(
  spec: CommandToolSpec,
  end: ProgramExit,
  { stdout, stderr, removedCharacters, hasInvalidBytes }: ProgramText,
  { meaning, address, sandbox }: ExitDetails,
): readonly ContentBlock[] {
  const texts: string[] = [];
  // A client that reads only the text of a JSON tool parses the first block.
  const isLabelled = !isBlank(stderr) && (spec.output ?? 'text') === 'text';
  if (!isBlank(stdout)) texts.push(isLabelled ? `[stdout]\n${stdout}` : stdout);
  if (!isBlank(stderr)) texts.push(`[stderr]\n${stderr}`);
  if (texts.length === 0 && isExpectedCode(spec, end.exitCode)) {
    texts.push(`[${stdout === '' && stderr === '' ? 'no output' : 'only white space'}; exit code ${end.exitCode}]`);
  }
  const notes: string[] = [];
  if (meaning !== undefined) notes.push(`exit code ${end.exitCode}: ${meaning}`);
  if (address !== undefined) notes.push(`target address: ${address}`);
  // Nothing is guessed: what the sandbox refused looks like any failure of the program.
  if (sandbox !== undefined && !isExpectedCode(spec, end.exitCode)) notes.push(sandbox);
  if (end.truncated) notes.push(`output cut after ${end.outputBytes} bytes; the program was ended`);
  if (hasInvalidBytes) notes.push(`bytes that are not UTF-8 are shown as \ufffd`);
  if (removedCharacters > 0) notes.push(`${removedCharacters} control or invisible characters removed`);
  if (notes.length > 0) texts.push(`[${notes.join('; ')}]`);
  return texts.map((text) => ({ type: 'text', text }));
}
