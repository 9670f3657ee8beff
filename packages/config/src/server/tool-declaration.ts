/** A program declared under `tools:`. Durations are seconds; what is undefined gets the default of its section. */
export interface ToolDeclaration {
  readonly description: string;
  readonly title: string | undefined;
  /** An absolute path, or a bare name that is looked up once at load. */
  readonly command: string;
  /** `{target}`, `{extraArgs}` and `{parameter}` stand for checked values. */
  readonly args: readonly string[];
  readonly target: TargetKind;
  readonly resolve: ResolveMode;
  readonly parameters: Readonly<Record<string, ParameterDeclaration>>;
  /** Exact token -> the value it takes. */
  readonly flags: Readonly<Record<string, FlagDeclaration>>;
  readonly timeout: number | undefined;
  readonly concurrency: number | undefined;
  readonly queue: QueueDeclaration | undefined;
  readonly successExitCodes: readonly number[];
  /** Exit code -> its meaning. */
  readonly domainExitCodes: Readonly<Record<string, string>>;
  readonly failureExitCodes: readonly number[];
  readonly output: 'text' | 'json' | 'lines';
  readonly allowInterpreter: boolean;
  readonly circuitBreaker: ToolBreakerDeclaration | undefined;
  readonly annotations: ToolAnnotations | undefined;
}

export type TargetKind = 'ip' | 'host' | 'ip_or_host' | 'cidr' | 'url' | 'none';
export type ResolveMode = 'pin' | 'check' | 'off';

interface ParameterBase {
  readonly description: string | undefined;
  /** True when a call may leave it out; its place in `args` then stays empty. */
  readonly optional: boolean;
  /** A token put in front of the value. */
  readonly flag: string | undefined;
}

export type ParameterDeclaration =
  | (ParameterBase & {
      readonly type: 'target';
      readonly kind: Exclude<TargetKind, 'none'>;
      readonly resolve: ResolveMode;
    })
  | (ParameterBase & {
      readonly type: 'integer' | 'number';
      readonly min: number;
      readonly max: number;
      readonly default: number | undefined;
    })
  | (ParameterBase & {
      readonly type: 'enum';
      readonly values: readonly string[];
      readonly default: string | undefined;
    })
  | (ParameterBase & {
      readonly type: 'string';
      readonly minLength: number;
      readonly maxLength: number;
      readonly default: string | undefined;
    })
  | (ParameterBase & { readonly type: 'ports'; readonly default: string | undefined })
  | (Omit<ParameterBase, 'flag'> & { readonly type: 'boolean'; readonly flag: string; readonly default: boolean });

export type FlagDeclaration =
  | { readonly type: 'none' }
  | { readonly type: 'integer' | 'number'; readonly min: number; readonly max: number }
  | { readonly type: 'enum'; readonly values: readonly string[] }
  | { readonly type: 'text'; readonly minLength: number; readonly maxLength: number }
  | { readonly type: 'ports' };

export interface QueueDeclaration {
  /** Calls that may wait; 0 refuses at once when all slots are taken. */
  readonly size: number;
  /** How long one may wait. */
  readonly timeout: number;
}

/** Settings of this tool's breaker; what is undefined comes from the section `circuitBreaker`. */
export interface ToolBreakerDeclaration {
  readonly failureThreshold: number | undefined;
  readonly recoveryTimeout: number | undefined;
  readonly halfOpenSuccessThreshold: number | undefined;
  readonly recoveryMultiplier: number | undefined;
  readonly maxRecoveryTimeout: number | undefined;
  readonly jitter: number | undefined;
  readonly halfOpenMaxConcurrent: number | undefined;
  readonly halfOpenMaxWait: number | undefined;
  readonly scope: 'tool' | 'target';
  readonly timeoutIsFailure: boolean;
}

export interface ToolAnnotations {
  readonly readOnlyHint: boolean | undefined;
  readonly destructiveHint: boolean | undefined;
  readonly idempotentHint: boolean | undefined;
  readonly openWorldHint: boolean | undefined;
}
