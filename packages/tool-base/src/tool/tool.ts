import type { CircuitBreaker, CircuitState } from '@mcp/circuit-breaker';
import { Bulkhead } from './bulkhead.ts';
import type { SharedSlots } from './shared-slots.ts';
import {
  closedPropertyNames,
  jsonSchemaOf,
  nullMeansAbsent,
  publishedInputSchema,
  withoutDialect,
  type JsonSchema,
} from '../declare/json-schema.ts';
import { systemClock, type Clock } from '../clock.ts';
import { type CallRecorder } from '../declare/ports.ts';
import { type Launcher } from '../launcher/program.ts';
import { TargetPolicy } from '../target/target-policy.ts';
import { withAllowedTargets } from './allowed-targets.ts';
import { flatInputSchema } from '../declare/flat-input-schema.ts';
import { withRulesInWords } from './rules-in-words.ts';
import { breakerOpenError, ToolBreakers } from './tool-breakers.ts';
import type {
  Availability,
  ResourceReport,
  ToolAnnotations,
  ToolBreakerOptions,
  ToolDefinition,
  ToolKind,
} from '../declare/tool-definition.ts';
import { jobLimitsOf, jobProblems, type JobLimits } from '../declare/job-spec.ts';
import { ToolDefinitionError } from '../result/tool-error.ts';
import { sanitizeText } from '../result/sanitize-text.ts';
import { refusalOf, sandboxReport, type SandboxReport } from '../sandbox/sandbox-report.ts';
import { CallCounter, type CallCounts } from './call-counter.ts';
import { resolveLimits, type LimitCeilings, type PartialToolLimits, type ToolLimits } from '../declare/tool-limits.ts';

export interface ToolOptions {
  /** Needed by a tool that declares a target. @default a policy that allows nothing */
  readonly policy?: TargetPolicy | undefined;
  /** Where programs run; needed by command tools: `await createLauncher()`. */
  readonly launcher?: Launcher | undefined;
  /** For what the tool leaves open. @default {@link DEFAULT_LIMITS} */
  readonly defaults?: PartialToolLimits | undefined;
  /** The tool's own breaker options win, one by one. */
  readonly breakerDefaults?: ToolBreakerOptions | undefined;
  readonly ceilings?: LimitCeilings | undefined;
  /** @default nothing is recorded */
  readonly recorder?: CallRecorder | undefined;
  /** Where several processes share the concurrency limits of their tools. @default limits of this process alone */
  readonly slots?: ((tool: string, concurrency: number) => SharedSlots) | undefined;
  readonly clock?: Clock | undefined;
}

/** What an operator or a client may know about a tool; plain JSON. */
export interface ToolInfo {
  readonly name: string;
  readonly title?: string;
  readonly description: string;
  readonly kind: ToolKind;
  readonly enabled: boolean;
  readonly available: Availability;
  readonly running: number;
  readonly queued: number;
  /** Since this `Tool` was made. */
  readonly calls: CallCounts;
  readonly limits: ToolLimits;
  /** Of command tools: what a process of their programs may use, and what holds it to that. */
  readonly resources?: ResourceReport;
  /** Of a program. */
  readonly sandbox?: SandboxReport;
  readonly annotations: ToolAnnotations;
  readonly circuitBreaker: {
    readonly scope: 'tool' | 'target';
    /** The worst state of its breakers. */
    readonly state: CircuitState;
    readonly breakers: readonly {
      readonly name: string;
      readonly state: CircuitState;
      readonly retryAfterMs: number;
      /** The state that an operator forced, until it is reset. */
      readonly forced: 'open' | 'closed' | null;
    }[];
  };
}

/** Breakers listed in {@link ToolInfo}, so that the answer stays small with a breaker for each target. */
const MAX_LISTED_BREAKERS = 50;
const NOTHING_ALLOWED = new TargetPolicy({ allowed: [] });
const WORST_FIRST: readonly CircuitState[] = ['open', 'half_open', 'closed'];

/** A tool that can be called: a definition with its own limits, queue, breakers and switch. Nothing is shared between two tools. */
export class Tool {
  readonly definition: ToolDefinition;
  readonly limits: ToolLimits;
  readonly inputJsonSchema: JsonSchema;
  readonly outputJsonSchema: JsonSchema | undefined;
  /** Argument names the tool accepts; undefined when its schema accepts any. */
  readonly argumentNames: ReadonlySet<string> | undefined;
  /** Optional arguments for which `null` means that they are left out. */
  readonly nullableArguments: ReadonlySet<string>;
  readonly breakers: ToolBreakers;
  /** Undefined when its runs are never jobs. */
  readonly job: JobLimits | undefined;
  readonly bulkhead: Bulkhead;
  readonly callCounter: CallCounter = new CallCounter();
  readonly policy: TargetPolicy;
  readonly launcher: Launcher | undefined;
  readonly recorder: CallRecorder | undefined;
  readonly clock: Clock;
  /** Switched off by an operator; calls are then refused. Use `ToolRegistry.enable` and `disable`, which notify listeners. */
  enabled = true;

  /** @throws {ToolDefinitionError} for limits out of range or above a ceiling, and for schemas that cannot be published */
  constructor(definition: ToolDefinition, options: ToolOptions = {}) {
    this.definition = definition;
    const { name } = definition;
    this.clock = options.clock ?? systemClock;
    this.policy = options.policy ?? NOTHING_ALLOWED;
    this.launcher = options.launcher;
    this.recorder = options.recorder;
    if (definition.kind === 'command' && this.launcher === undefined) {
      throw new ToolDefinitionError(name, ['It runs a program, so it needs a launcher: pass await createLauncher().']);
    }
    const { job, annotations } = definition;
    const problems = job === undefined ? [] : jobProblems(job, annotations?.idempotentHint === true);
    if (problems.length > 0) throw new ToolDefinitionError(name, problems);
    this.job = jobLimitsOf(job);
    this.limits = resolveLimits(name, definition.limits ?? {}, options.defaults ?? {}, options.ceilings ?? {});
    const verbatim = definition.verbatimSchemas === true;
    const given = jsonSchemaOf(name, definition.input, definition.inputJsonSchema, 'input');
    const input = verbatim ? given : flatInputSchema(given);
    this.argumentNames = verbatim ? undefined : closedPropertyNames(input);
    this.nullableArguments = verbatim ? new Set() : nullMeansAbsent(input);
    this.inputJsonSchema = verbatim
      ? input
      : withAllowedTargets(withRulesInWords(publishedInputSchema(name, input)), definition.targets, this.policy);
    const output =
      definition.output === undefined
        ? definition.outputJsonSchema
        : jsonSchemaOf(name, definition.output, definition.outputJsonSchema, 'output');
    this.outputJsonSchema = output && (verbatim ? output : withoutDialect(output));
    this.bulkhead = new Bulkhead({
      concurrency: this.limits.concurrency,
      queueSize: this.limits.queue.size,
      queueTimeoutMs: this.limits.queue.timeoutMs,
      clock: this.clock,
      slots: options.slots?.(name, this.limits.concurrency),
    });
    this.breakers = new ToolBreakers({
      tool: name,
      breaker: { ...options.breakerDefaults, ...definition.circuitBreaker },
      clock: this.clock,
      onOpen: (breaker) =>
        this.bulkhead.rejectWaiting(breaker, () => breakerOpenError(breaker.retryAfterMs, breaker.forced === 'open')),
    });
  }

  get name(): string {
    return this.definition.name;
  }

  /** The breaker of a tool whose breaker scope is `tool`. */
  get breaker(): CircuitBreaker | undefined {
    return this.breakers.scope === 'tool' ? this.breakers.for(undefined) : undefined;
  }

  get running(): number {
    return this.bulkhead.running;
  }

  get queued(): number {
    return this.bulkhead.queued;
  }

  available(): Availability {
    const availability = this.#ownAvailability();
    const { sandbox } = this.definition;
    if (!availability.ok || sandbox === undefined) return availability;
    const status = this.launcher?.sandboxOf?.(sandbox);
    const refusal = status && refusalOf(sandbox, status);
    return refusal === undefined ? availability : { ok: false, reason: refusal };
  }

  /** A definition that throws makes its tool unavailable, not the list of all tools. */
  #ownAvailability(): Availability {
    try {
      const { ok, reason } = this.definition.available();
      return { ok, ...(reason !== undefined && { reason: sanitizeText(reason).text }) };
    } catch {
      return { ok: false, reason: 'It is not known whether it is available: the check failed.' };
    }
  }

  info(): ToolInfo {
    const { title, description, kind, annotations } = this.definition;
    const resources = this.definition.resources?.(this.limits.timeoutMs);
    const breakers = [...this.breakers];
    const states = new Set(breakers.map((breaker) => breaker.state));
    return {
      name: this.name,
      ...(title === undefined ? {} : { title }),
      description,
      kind,
      enabled: this.enabled,
      available: this.available(),
      running: this.running,
      queued: this.queued,
      calls: this.callCounter.counts(),
      limits: this.limits,
      ...(resources === undefined ? {} : { resources }),
      ...(this.definition.sandbox && { sandbox: sandboxReport(this.definition.sandbox, this.launcher) }),
      annotations: annotations ?? {},
      circuitBreaker: {
        scope: this.breakers.scope,
        state: WORST_FIRST.find((state) => states.has(state)) ?? 'closed',
        breakers: breakers.slice(-MAX_LISTED_BREAKERS).map((breaker) => ({
          name: breaker.name,
          state: breaker.state,
          retryAfterMs: breaker.retryAfterMs,
          forced: breaker.forced ?? null,
        })),
      },
    };
  }
}
