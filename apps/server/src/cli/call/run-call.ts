import { text } from 'node:stream/consumers';

import { CommandError } from './command-error.ts';
import type { CallCommand, ServerChoice } from './parse-call.ts';
import { ProgressLine, type TerminalStream } from './progress-line.ts';
import { pretty, renderResult, renderTools } from './render-result.ts';
import { terminalText } from './terminal-text.ts';
import { toolArguments } from './tool-arguments.ts';
import type { ToolSource } from './tool-source.ts';
import { withToolSource } from './with-tool-source.ts';

/** What a command reads and writes. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: AsyncIterable<unknown>;
  readonly stdout: TerminalStream;
  readonly stderr: TerminalStream;
  /** Aborts on Ctrl-C. */
  readonly interrupt: AbortSignal;
}

const SUCCESS = 0;
const TOOL_FAILED = 3;
const INTERRUPTED = 130;

/**
 * @returns the exit code
 * @throws {CommandError} when the call cannot be made
 */
export async function runCall(command: CallCommand, terminal: Terminal): Promise<number> {
  const around = surroundings(terminal);
  try {
    return await withToolSource(command, around, (source) => callTool(source, command, terminal));
  } catch (error) {
    if (!terminal.interrupt.aborted || error instanceof CommandError) throw error;
    around.remark('Interrupted. The server is asked to cancel the call; its log and audit say how the call ended.');
    return INTERRUPTED;
  }
}

/** @throws {CommandError} when the tools cannot be listed */
export async function runTools(choice: ServerChoice, terminal: Terminal): Promise<number> {
  return await withToolSource(choice, surroundings(terminal), async (source) => {
    const tools = await source.list();
    const { isTTY, columns } = terminal.stdout;
    const text = choice.json
      ? pretty({ source: source.description, tools })
      : renderTools(tools, isTTY ? columns || 80 : Number.POSITIVE_INFINITY);
    terminal.stdout.write(isTTY ? terminalText(text) : text);
    return SUCCESS;
  });
}

async function callTool(source: ToolSource, command: CallCommand, terminal: Terminal): Promise<number> {
  const { tool } = command;
  const schema = await source.inputSchema(tool);
  if (schema === undefined) {
    throw new CommandError(
      2,
      `There is no enabled tool named ${tool} in ${source.description}. mcp-server tools lists them.`,
    );
  }
  const values = { ...(await inputObject(command.input, terminal)), ...argumentsOf(command, schema) };
  using progress = new ProgressLine(terminal.stderr);
  const result = await source.call({
    tool,
    arguments: values,
    onProgress: (step) => progress.update(step),
    signal: terminal.interrupt,
  });
  progress[Symbol.dispose]();
  if (command.json) terminal.stdout.write(pretty(result));
  else {
    // What a failed program printed must not be taken for output by the next program in a pipe.
    const stream = result.isError ? terminal.stderr : terminal.stdout;
    const text = renderResult(result);
    stream.write(stream.isTTY ? terminalText(text) : text);
  }
  if (terminal.interrupt.aborted) return INTERRUPTED;
  return result.isError ? TOOL_FAILED : SUCCESS;
}

function argumentsOf({ tool, toolArguments: typed }: CallCommand, schema: Readonly<Record<string, unknown>>): object {
  try {
    return toolArguments(tool, schema, typed);
  } catch (error) {
    throw new CommandError(2, error instanceof Error ? error.message : String(error));
  }
}

async function inputObject(input: string | undefined, { stdin }: Terminal): Promise<object> {
  if (input === undefined) return {};
  const json = input === '-' ? await text(stdin as AsyncIterable<string>) : input;
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Answered below.
  }
  throw new CommandError(2, `--input takes a JSON object such as '{"target": "10.0.0.7"}', or - for standard input.`);
}

function surroundings({ env, stderr }: Terminal): { env: Terminal['env']; remark: (text: string) => void } {
  return { env, remark: (text) => void stderr.write(terminalText(`mcp-server: ${text}\n`)) };
}
