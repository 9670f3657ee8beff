/** What a tool returned, as content and structured content: checked, counted, cut, and without control characters. */

import type { ContentBlock } from './tool-result.ts';
import { copyBlock, isBlank, sizeOfBlock } from './content-blocks.ts';
import { isMcpResult, lostInJson } from './lost-in-json.ts';
import { ProgramOutput, ToolContent } from './tool-result.ts';
import { sanitizeText, sanitizeJson } from './sanitize-text.ts';
import type { ReadHint } from './kept-output.ts';
import { shortenText } from './shorten-text.ts';
import type { ToolLimits } from '../declare/tool-limits.ts';
import { ToolError } from './tool-error.ts';

export interface ShapedOutput {
  readonly content: readonly ContentBlock[];
  readonly structured: Readonly<Record<string, unknown>>;
  readonly outputBytes: number;
  readonly truncated: boolean;
  /** Output of a program, whose structured content also carries the times and the correlation id. */
  readonly ofProgram?: boolean;
}

type OutputLimits = Pick<ToolLimits, 'maxOutputBytes' | 'maxReadBytes'>;

export const NO_OUTPUT: ShapedOutput = { content: [], structured: {}, outputBytes: 0, truncated: false };

/**
 * @param hint how to read the text that is left out
 * @throws {ToolError} `execution_error` for something that is not a result, `tool_error` for structured content over the limit
 */
export function shapeOutput(returned: unknown, limits: OutputLimits, hint?: ReadHint): ShapedOutput {
  if (typeof returned === 'string') return shapeText(returned, limits.maxOutputBytes, hint);
  if (returned === undefined || returned === null) return NO_OUTPUT;
  if (returned instanceof ProgramOutput) {
    const { content, structured, outputBytes, truncated } = returned;
    return { content, structured: structured ?? {}, outputBytes, truncated, ofProgram: true };
  }
  if (returned instanceof ToolContent) return shapeBlocks(returned, limits, hint);
  if (returned instanceof Error) throw notAResult(returned);
  if (typeof returned === 'object' && !Array.isArray(returned)) {
    if (isMcpResult(returned)) throw notAResult(MCP_RESULT);
    return shapeStructured(returned, limits.maxOutputBytes);
  }
  throw notAResult(`run() must return a string, a plain object or toolContent(...), not ${typeof returned}`);
}

const MCP_RESULT =
  'run() returned a result of MCP: return a string or toolContent({ content }) instead, and throw a ToolError for a failure';

function notAResult(cause: unknown): ToolError {
  return new ToolError('execution_error', 'The tool returned something that is not a result.', { cause });
}

/**
 * @throws {ToolError} for an object without JSON: a cycle, a bigint, a `toJSON` that throws or returns no object, a member
 * whose contents JSON leaves out
 */
function writeJson(value: object): string {
  let json: unknown;
  let lost: string | undefined;
  try {
    json = JSON.stringify(value);
    lost = typeof json === 'string' ? lostInJson(value, json) : undefined;
  } catch (error) {
    throw notAResult(error);
  }
  if (lost !== undefined) throw notAResult(lost);
  if (typeof json === 'string' && json.startsWith('{')) return json;
  throw notAResult('its JSON is not an object');
}

/**
 * What the output schema made of the structured content: members that it does not know are removed and defaults are filled in, so
 * that what is sent matches the JSON Schema that clients got.
 */
export function withValidated(
  output: ShapedOutput,
  returned: unknown,
  validated: unknown,
  { maxOutputBytes }: OutputLimits,
): ShapedOutput {
  if (validated === output.structured || typeof validated !== 'object' || validated === null) return output;
  const conformed = shapeStructured(validated, maxOutputBytes);
  return returned instanceof ToolContent ? { ...output, structured: conformed.structured } : conformed;
}

function sanitizedJson(json: string): Record<string, unknown> {
  try {
    return sanitizeJson(JSON.parse(json)) as Record<string, unknown>;
  } catch (error) {
    throw notAResult(error);
  }
}

/** Output beside an error; one that cannot be shaped must not hide the error. */
export function shapePartial(partial: ToolContent | undefined, limits: OutputLimits, hint?: ReadHint): ShapedOutput {
  try {
    return shapeOutput(partial, limits, hint);
  } catch {
    return NO_OUTPUT;
  }
}

function shapeText(text: string, maxBytes: number, hint: ReadHint | undefined): ShapedOutput {
  const outputBytes = Buffer.byteLength(text);
  const ends = { start: text, end: text, bytes: outputBytes };
  const kept = outputBytes > maxBytes ? shortenText(ends, maxBytes, hintFrom(hint, 0)) : text;
  const clean = sanitizeText(kept).text;
  const content: ContentBlock[] = [{ type: 'text', text: isBlank(clean) ? '[no output]' : clean }];
  return { content, structured: {}, outputBytes, truncated: outputBytes > maxBytes };
}

function shapeStructured(value: object, maxBytes: number): ShapedOutput {
  const { structured, text, bytes } = readStructured(value, maxBytes);
  return { content: [{ type: 'text', text }], structured, outputBytes: bytes, truncated: false };
}

/** JSON cannot be cut, so structured content over the limit is an error. */
function readStructured(
  value: object,
  maxBytes: number,
): { structured: Record<string, unknown>; text: string; bytes: number } {
  const json = writeJson(value);
  const bytes = Buffer.byteLength(json);
  if (bytes > maxBytes) {
    throw new ToolError('tool_error', `The result is larger than ${maxBytes} bytes.`, {
      suggestion: 'Ask for less, or ask the operator to raise the output limit of the tool.',
    });
  }
  // JSON writes control characters as \u00xx and \b, \f, \r, so a plain printable text has nothing to take out.
  const plain = /^[\x20-\x7e]*$/.test(json) && !/\\[bfru]/.test(json);
  // A copy in either case: the tool may go on changing its object, and what was measured here is what is sent.
  if (plain) return { structured: JSON.parse(json) as Record<string, unknown>, text: json, bytes };
  const structured = sanitizedJson(json);
  return { structured, text: JSON.stringify(structured), bytes };
}

/** Of a text that begins at this byte of the kept output. */
function hintFrom(hint: ReadHint | undefined, start: number): ((offset: number) => string) | undefined {
  return hint && ((offset) => hint('stdout', start + offset));
}

function shapeBlocks(
  returned: ToolContent,
  { maxOutputBytes, maxReadBytes }: OutputLimits,
  hint: ReadHint | undefined,
): ShapedOutput {
  const structured =
    returned.structured === undefined ? undefined : readStructured(returned.structured, maxOutputBytes);
  const content: ContentBlock[] = [];
  let outputBytes = 0;
  let textBytes = 0;
  let truncated = false;
  try {
    for (const block of returned.content) {
      if (block.type === 'text' && isBlank(block.text)) continue;
      const bytes = sizeOfBlock(block);
      outputBytes += bytes;
      if (block.type === 'text') textBytes += bytes;
      if (block.type === 'text' ? textBytes <= maxOutputBytes : outputBytes <= maxReadBytes) {
        const copy = copyBlock(block);
        // Without its invisible characters it may show nothing.
        if (copy.type !== 'text' || !isBlank(copy.text)) content.push(copy);
        continue;
      }
      truncated = true;
      const space = maxOutputBytes - textBytes + bytes;
      if (block.type !== 'text' || space <= 0) continue;
      const ends = { start: block.text, end: block.text, bytes };
      const text = shortenText(ends, space, hintFrom(hint, textBytes - bytes));
      content.push(copyBlock({ ...block, text }));
    }
  } catch (error) {
    throw notAResult(error);
  }
  return {
    content,
    structured: structured?.structured ?? {},
    outputBytes: outputBytes + (structured?.bytes ?? 0),
    truncated,
  };
}
