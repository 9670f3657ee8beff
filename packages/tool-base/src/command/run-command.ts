/** One run of a program for one call: from the launcher to content, and the meaning of its exit code. */

import type { ProgramExit, ProgramSpec, ProgramStartFailure } from '../launcher/program.ts';
import { effectiveLimits, NO_LIMITS_CODE } from '../launcher/resource-limits.ts';
import type { ProgramContext } from '../declare/tool-definition.ts';
import { Overflow } from '../result/kept-output.ts';
import { ToolError, type ToolErrorOptions } from '../result/tool-error.ts';
import { QuotingError } from '../result/quoting-error.ts';
import { ProgramOutput, type ToolContent } from '../result/tool-result.ts';
import type { CommandToolSpec } from './command-spec.ts';
import { isDomainCode, isExpectedCode } from './exit-code.ts';
import { lastLine } from './last-line.ts';
import { LiveLines } from './live-lines.ts';
import { OutputText, type ProgramText } from './output-text.ts';
import { programContent } from './program/program-content.ts';
import type { ProgramFile } from './program/program-file.ts';
import { signalCause } from './signal-cause.ts';
import { isConfined } from '../sandbox/profile.ts';
import { sandboxReport } from '../sandbox/sandbox-report.ts';
import { readJson, type ReadJson } from './read-json.ts';

/** Exit codes by which shells and wrappers say "cannot execute" and "not found". */
const NOT_EXECUTED: ReadonlySet<number> = new Set([126, 127]);
/** Start failures that mean that the program is missing or not executable. */
const MISSING: ReadonlySet<string> = new Set(['ENOENT', 'EACCES', 'ENOTDIR', 'EPERM', 'ENOEXEC', 'ELOOP']);

export async function runProgram(
  spec: CommandToolSpec,
  file: ProgramFile,
  program: ProgramSpec,
  context: ProgramContext,
): Promise<ToolContent> {
  if (!file.found) throw new ToolError('unavailable', 'The program of this tool is not installed.');
  const text = new OutputText(context.maxOutputBytes);
  const live = context.wantsProgress ? new LiveLines((progress) => context.reportProgress(progress)) : undefined;
  const overflow = context.keepOverflow && new Overflow(context.keepOverflow);
  let end: ProgramExit | ProgramStartFailure;
  try {
    end = await context.launcher.run(program, {
      signal: context.signal,
      onOutput(stream, bytes) {
        context.keepOutput?.(stream, bytes);
        text.write(stream, bytes);
        overflow?.write(stream, bytes, text.isOver);
        if (stream === 'stdout') live?.write(bytes);
      },
    });
  } catch (error) {
    void overflow?.close(false);
    throw error;
  }
  live?.end();
  if (!end.started) throw startError(end.code);
  text.end(end.truncated || context.signal.aborted);
  const hint = overflow && text.isOver ? await overflow.close(true) : context.readHint;
  return interpretExit(spec, program, end, describe(spec, end, text.text(hint), context), context);
}

function startError(code: string): ToolError {
  if (code === NO_LIMITS_CODE) {
    return new ToolError('unavailable', 'The limits of this tool cannot be enforced on this machine.', {
      suggestion: 'Ask the operator to install util-linux (prlimit).',
    });
  }
  return MISSING.has(code)
    ? new ToolError('unavailable', 'The program of this tool is missing or not executable.')
    : new ToolError('execution_error', `The program could not be started (${code}).`);
}

interface Described {
  readonly output: ProgramOutput;
  readonly text: ProgramText;
}

function describe(spec: CommandToolSpec, end: ProgramExit, text: ProgramText, context: ProgramContext): Described {
  const meaning = end.exitCode === null ? undefined : spec.domainExitCodes?.[end.exitCode];
  const address =
    context.target?.kind === 'host' || context.target?.kind === 'url' ? context.target.address : undefined;
  const truncated = end.truncated || text.isShortened;
  const structured = {
    exitCode: end.exitCode,
    ...(end.signal === null ? {} : { signal: end.signal }),
    ...(meaning === undefined ? {} : { meaning }),
    stdout: text.stdout,
    stderr: text.stderr,
    ...(spec.output === 'lines' ? { lines: linesOf(text.stdout) } : {}),
    truncated,
    outputBytes: end.outputBytes,
    ...(text.removedCharacters === 0 ? {} : { removedCharacters: text.removedCharacters }),
    ...(address === undefined ? {} : { address }),
  };
  const output = new ProgramOutput(
    programContent(spec, end, text, { meaning, address, sandbox: sandboxNote(spec, context) }),
    structured,
    {
      outputBytes: end.outputBytes,
      truncated,
    },
  );
  return { output, text };
}

function sandboxNote({ sandbox }: CommandToolSpec, { launcher }: ProgramContext): string | undefined {
  if (sandbox === undefined) return undefined;
  const { level, network } = sandboxReport(sandbox, launcher);
  return level === null || !isConfined(level) ? undefined : `sandbox: ${level}, network ${network.mode}`;
}

function linesOf(stdout: string): readonly string[] {
  const lines = stdout.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

async function interpretExit(
  spec: CommandToolSpec,
  { limits = {} }: ProgramSpec,
  end: ProgramExit,
  { output, text }: Described,
  context: ProgramContext,
): Promise<ToolContent> {
  // The pipeline classifies an aborted run; one whose output was cut succeeded up to there.
  if (context.signal.aborted) return output;
  if (spec.output === 'json' && (end.truncated || text.isShortened)) {
    throw jsonCut(Math.min(context.maxOutputBytes, context.maxReadBytes), output);
  }
  if (end.truncated) return output;
  const { exitCode } = end;
  if (exitCode !== null && isExpectedCode(spec, exitCode)) {
    return spec.output === 'json' && !isDomainCode(spec, exitCode) ? withData(spec, output, text.stdout) : output;
  }
  if (exitCode === null) {
    const said = `The program was ended by the signal ${end.signal ?? 'unknown'}${signalCause(end.signal, effectiveLimits(limits))}`;
    throw endError('execution_error', said, text, { output });
  }
  const isFailure = NOT_EXECUTED.has(exitCode) || (spec.failureExitCodes ?? []).includes(exitCode);
  const printedNothing = text.stdout === '' && text.stderr === '';
  throw endError(isFailure ? 'execution_error' : 'tool_error', `The program ended with exit code ${exitCode}`, text, {
    output,
    ...(printedNothing ? { suggestion: 'The program printed nothing; check the arguments.' } : {}),
  });
}

/** With the reason that the program gave: what an operator reads of the call has no output. */
function endError(
  type: 'execution_error' | 'tool_error',
  end: string,
  { stderr }: ProgramText,
  options: ToolErrorOptions,
): ToolError {
  const reason = lastLine(stderr);
  return reason === undefined
    ? new ToolError(type, `${end}.`, options)
    : new QuotingError(type, { said: end, quoted: reason }, options);
}

/** Half a document is no data. */
function jsonCut(maxBytes: number, output: ProgramOutput): ToolError {
  return new ToolError('tool_error', `The program printed more than ${maxBytes} bytes, so its JSON is incomplete.`, {
    suggestion: 'Ask for less, or ask the operator to raise the output limit of the tool.',
    output,
  });
}

async function withData(spec: CommandToolSpec, output: ProgramOutput, stdout: string): Promise<ToolContent> {
  const { data, numbersAsText } = parse(stdout, output);
  const result = await spec.outputSchema?.['~standard'].validate(data);
  if (result?.issues !== undefined) {
    throw new ToolError('tool_error', 'The JSON of the program does not have the declared form.', { output });
  }
  const checked = result === undefined ? data : result.value;
  const note = `[numbers given as text to keep their digits: ${numbersAsText}]`;
  const content = numbersAsText === 0 ? output.content : [...output.content, { type: 'text' as const, text: note }];
  return new ProgramOutput(content, { ...output.structured, data: checked }, output);
}

function parse(stdout: string, output: ProgramOutput): ReadJson {
  try {
    return readJson(stdout);
  } catch (error) {
    const why = error instanceof RangeError ? 'printed JSON that is nested too deeply' : 'did not print valid JSON';
    throw new ToolError('tool_error', `The program ${why}.`, { output });
  }
}
