import type { ReadHint } from '../result/kept-output.ts';
import { ProgramOutput, ToolContent } from '../result/tool-result.ts';
import type { Tool } from '../tool/tool.ts';
import type { Call } from './call.ts';

/** Of a UTF-16 code unit, in UTF-8. */
const MAX_BYTES_OF_CHARACTER = 3;

/**
 * Keeps the text of a function that its result is too small for, where there is a place for it. That of a program was kept while
 * it ran.
 */
export function keepText(
  { limits }: Tool,
  { request }: Call,
  returned: unknown,
): ReadHint | undefined | Promise<ReadHint | undefined> {
  const { allowance, keepOverflow } = request;
  if (allowance === undefined && keepOverflow === undefined) return undefined;
  const bytes = Buffer.from(textOf(returned, limits.maxOutputBytes) ?? '');
  if (bytes.length <= limits.maxOutputBytes) return undefined;
  if (allowance !== undefined) {
    allowance.keepOutput('stdout', bytes);
    return allowance.readHint;
  }
  const kept = keepOverflow?.();
  kept?.write('stdout', bytes);
  return kept?.close();
}

/** Undefined where it is so short that its bytes need not be counted. */
function textOf(returned: unknown, maxBytes: number): string | undefined {
  const texts = typeof returned === 'string' ? [returned] : textsOf(returned);
  const characters = texts.reduce((sum, text) => sum + text.length, 0);
  return characters * MAX_BYTES_OF_CHARACTER > maxBytes ? texts.join('') : undefined;
}

function textsOf(returned: unknown): readonly string[] {
  if (!(returned instanceof ToolContent) || returned instanceof ProgramOutput) return [];
  return returned.content.filter((block) => block.type === 'text').map(({ text }) => text);
}
