import { boolean, choice, duration, group, integer, list, map, optional, text, type Field } from '@mcp/config';
import {
  CONFIRM_MODES,
  DEFAULT_LIMITS,
  FLAG_TOKEN,
  LIMIT_RANGES,
  MAX_DESCRIPTION_LENGTH,
  MAX_TITLE_LENGTH,
  PARAMETER_NAME,
  TARGET_KINDS,
  isParameterName,
  type TargetKind,
} from '@mcp/tool-base';

import { toolBreakerField } from '../sections/circuit-breaker-section.ts';
import { templateField, commandField, resolveMode } from '../fields/command-fields.ts';
import { httpField } from './http-fields.ts';
import { jobField } from './job-field.ts';
import { rangeInSeconds, seconds } from '../settings/milliseconds.ts';
import { flagField } from './flag-field.ts';
import { parameterField } from './parameter-fields.ts';
import { toolProblems } from './tool-problems.ts';
import { programInputFields } from '../fields/program-fields.ts';
import { toolRateLimitField } from '../fields/rate-limit-field.ts';
import { resourcesField } from '../fields/resource-fields.ts';
import { TOOL_SCOPE_NAME } from '../fields/scope-names.ts';
import { toolSandboxField } from '../fields/sandbox-section.ts';
import type { QueueDeclaration, ToolDeclaration, ToolHints } from '../shape/tool-declaration.ts';

/** A program or an HTTP request declared under `tools:`. */
export function toolField(): Field<ToolDeclaration> {
  return group<ToolDeclaration>(
    {
      description: text({ doc: 'What it does, for the model that chooses it.', maxLength: MAX_DESCRIPTION_LENGTH }),
      title: optional(text({ doc: 'A name for people.', maxLength: MAX_TITLE_LENGTH })),
      command: optional(
        commandField('The program: an absolute path, or a bare name that is looked up once at load. Or else http.'),
      ),
      http: optional(httpField()),
      args: templateField(
        'The arguments; {target}, {extraArgs} and {parameter} stand for checked values; { literal: "{name}" } is fixed text.',
      ),
      target: choice([...TARGET_KINDS, 'none'], {
        doc: 'What kind of target a call names.',
        otherNames: { hostname: 'host', domain: 'host', address: 'ip', network: 'cidr', uri: 'url', false: 'none' },
        default: 'none',
      }) as Field<TargetKind>,
      resolve: resolveMode(),
      parameters: map(parameterField(), {
        doc: 'Typed parameters of a call.',
        default: {},
        keyPattern: PARAMETER_NAME,
        keyAccepts: isParameterName,
        keyExpected:
          'a name of letters, digits and underscores; target, extraArgs and names that every object has are taken',
        maxEntries: 64,
      }),
      flags: map(flagField(), {
        doc: 'The tokens that extraArgs may hold, and the value each takes. Without any the tool takes no extraArgs.',
        default: {},
        keyPattern: FLAG_TOKEN,
        keyExpected: 'a flag such as -c or --count',
        maxEntries: 256,
      }),
      timeout: optional(duration({ doc: 'How long one run may take.', ...rangeInSeconds(LIMIT_RANGES.timeoutMs) })),
      concurrency: optional(
        integer({ doc: 'How many runs at the same time.', min: LIMIT_RANGES.concurrency.min, max: 100 }),
      ),
      queue: optional(queueField()),
      maxOutput: optional(
        integer({
          doc: `Bytes of output in a result, ${DEFAULT_LIMITS.maxOutputBytes} by default. Of longer text the middle is left out; longer JSON is an error. At most security.maxOutputSize.`,
          min: 1024,
          max: LIMIT_RANGES.maxOutputBytes.max,
        }),
      ),
      resources: optional(resourcesField()),
      ...programInputFields,
      successExitCodes: exitCodes('Exit codes that mean success.', [0]),
      domainExitCodes: map(text({ doc: 'What the code means.', maxLength: 256 }), {
        doc: 'Exit codes that are an ordinary answer, each with its meaning.',
        default: {},
        keyPattern: /^(?:0|[1-9]\d?|1\d\d|2[0-4]\d|25[0-5])$/,
        keyExpected: 'an exit code from 0 to 255',
        maxEntries: 256,
      }),
      failureExitCodes: exitCodes('Exit codes that count against the circuit breaker.', []),
      output: choice(['text', 'json', 'lines'], { doc: 'How the output is read.', default: 'text' }),
      allowInterpreter: boolean({
        doc: 'Says that command may be a shell, an interpreter or a launcher, which can run anything.',
        default: false,
      }),
      sandbox: optional(toolSandboxField()),
      circuitBreaker: optional(toolBreakerField()),
      confirm: choice(['never', ...CONFIRM_MODES], {
        doc: "Asks a person before each call. always: the client's user; whenDestructive: the same, unless the annotations say that nothing is destroyed; a client that cannot ask is refused. operator: a second person, in the dashboard or by POST /approvals.",
        default: 'never',
        otherNames: {
          true: 'always',
          false: 'never',
          yes: 'always',
          user: 'always',
          destructive: 'whenDestructive',
          admin: 'operator',
        },
      }),
      scope: optional(
        text({
          doc: 'Callers need tools:scope:NAME with this name, beside the scope that lets them call the tool.',
          pattern: TOOL_SCOPE_NAME,
          expected: 'a name of lower-case letters, digits, _ . and -, such as deploy',
        }),
      ),
      rateLimit: optional(toolRateLimitField()),
      annotations: optional(
        group<ToolHints>(
          {
            readOnlyHint: optional(boolean({ doc: 'It changes nothing.' })),
            destructiveHint: optional(boolean({ doc: 'It may destroy something.' })),
            idempotentHint: optional(boolean({ doc: 'Doing it twice does no more than doing it once.' })),
            openWorldHint: optional(boolean({ doc: 'It reaches outside this machine.' })),
          },
          { doc: 'Hints for MCP clients.' },
        ),
      ),
      job: optional(jobField()),
    },
    {
      doc: 'A program or an HTTP request offered as a tool.',
      check: toolProblems,
      otherNames: {
        environment: 'env',
        workdir: 'cwd',
        workingDirectory: 'cwd',
        dir: 'cwd',
        input: 'stdin',
        limits: 'resources',
        inputSchema: 'parameters',
        approval: 'confirm',
        retries: 'circuitBreaker',
      },
    },
  );
}

/** The queue of one tool. */
export function queueField(): Field<QueueDeclaration> {
  return group<QueueDeclaration>(
    {
      size: integer({
        doc: 'Calls that may wait for a free slot; as many again may wait up to a second more. 0 rejects at once.',
        ...LIMIT_RANGES.queueSize,
      }),
      timeout: duration({
        doc: 'How long a call may wait.',
        ...rangeInSeconds(LIMIT_RANGES.queueTimeoutMs),
        default: seconds(DEFAULT_LIMITS.queue.timeoutMs),
      }),
    },
    { doc: 'Calls waiting for a free slot.' },
  );
}

function exitCodes(doc: string, defaults: readonly number[]): Field<readonly number[]> {
  return list(integer({ doc: 'An exit code.', min: 0, max: 255 }), {
    doc,
    default: defaults,
    maxItems: 256,
    unique: true,
  });
}
