import { callTool } from '../call/call-tool.ts';
import type { CallRequest } from '../call/call-context.ts';
import type { Clock } from '../clock.ts';
import type { Launcher } from '../launcher/program.ts';
import { TargetPolicy } from '../target/target-policy.ts';
import type { ToolDefinition } from '../declare/tool-definition.ts';
import type { ErrorType } from '../result/error-type.ts';
import type { ToolResult } from '../result/tool-result.ts';
import { Tool } from '../tool/tool.ts';
import { InputGenerator } from './fuzz-inputs.ts';
import { RecordingLauncher, type Argv, type FakeRun } from './recording-launcher.ts';

export interface TestToolOptions {
  /** Allowed targets. @default RFC1918, loopback and .lab.internal */
  readonly allowed?: readonly string[];
  /** Answers for host names. @default every name is 10.0.0.10 */
  readonly addresses?: Readonly<Record<string, readonly string[]>>;
  /** What a program does instead of running. @default it prints nothing and exits with 0 */
  readonly program?: (argv: Argv) => FakeRun;
  /** Run programs for real, e.g. with `directLauncher()`. `started` then stays empty. */
  readonly launcher?: Launcher;
  readonly clock?: Clock;
}

export interface FuzzOptions {
  /** @default 500 */
  readonly runs?: number;
  /** @default 1 */
  readonly seed?: number;
}

export interface FuzzFinding {
  readonly problem: string;
  readonly arguments: unknown;
  readonly result: ToolResult;
}

export interface FuzzReport {
  readonly runs: number;
  readonly succeeded: number;
  /** Failed calls by error type. */
  readonly errors: Readonly<Partial<Record<ErrorType, number>>>;
  /** Calls that an author should look at; empty for a robust tool. */
  readonly findings: readonly FuzzFinding[];
}

/** A tool under test, with no network, no program and no server. */
export interface TestedTool {
  readonly tool: Tool;
  /** Argument lists of the programs that would have been started, oldest first. */
  readonly started: readonly Argv[];
  readonly call: (args?: unknown, request?: Partial<Omit<CallRequest, 'arguments'>>) => Promise<ToolResult>;
  /**
   * Calls the tool with hostile input. A finding is an `internal_error` or an `execution_error`: bad input should be refused or
   * answered with a `ToolError`, not crash. A function tool really runs.
   */
  readonly fuzz: (options?: FuzzOptions) => Promise<FuzzReport>;
}

/** Creates a tool from a definition for a test: `const kit = testTool(definition); await kit.call({ target: '10.0.0.5' })`. */
export function testTool(definition: ToolDefinition, options: TestToolOptions = {}): TestedTool {
  const recording = new RecordingLauncher(options.program ?? ((): FakeRun => ({})));
  const { addresses } = options;
  const policy = new TargetPolicy({
    allowed: options.allowed ?? ['RFC1918', 'loopback', '.lab.internal'],
    resolver: async (host) => (addresses === undefined ? ['10.0.0.10'] : (addresses[host] ?? [])),
  });
  const make = (): Tool =>
    new Tool(definition, { policy, launcher: options.launcher ?? recording, clock: options.clock });
  const tool = make();
  const callOf = (target: Tool, args: unknown, request: Partial<CallRequest> = {}): Promise<ToolResult> =>
    callTool(target, { caller: { name: 'test' }, ...request, arguments: args });
  return {
    tool,
    started: recording.started,
    call: (args, request) => callOf(tool, args, request),
    async fuzz({ runs = 500, seed = 1 } = {}) {
      const inputs = new InputGenerator(tool.inputJsonSchema, seed);
      const errors: Partial<Record<ErrorType, number>> = {};
      const findings: FuzzFinding[] = [];
      let succeeded = 0;
      for (let run = 0; run < runs; run += 1) {
        const given = inputs.next();
        // A tool of its own for each call, so that a breaker that opens does not hide what comes after.
        const result = await callOf(make(), given);
        if (result.error === undefined) succeeded += 1;
        else errors[result.error.type] = (errors[result.error.type] ?? 0) + 1;
        const problem = problemWith(result);
        if (problem !== undefined) findings.push({ problem, arguments: given, result });
      }
      return { runs, succeeded, errors, findings };
    },
  };
}

function problemWith(result: ToolResult): string | undefined {
  const type = result.error?.type;
  return type === 'internal_error' || type === 'execution_error' ? `The call ended with ${type}.` : undefined;
}
