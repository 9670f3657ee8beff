import type { Secret } from '../fields/secret.ts';
import type { ToolDeclaration } from './tool-declaration.ts';

/**
 * The effective configuration of the server. A duration is a number of seconds. A key that may be unset is always
 * present, with the value undefined.
 */
export interface ServerConfig {
  readonly database: DatabaseConfig;
  readonly security: SecurityConfig;
  readonly circuitBreaker: CircuitBreakerConfig;
  readonly health: HealthConfig;
  readonly metrics: MetricsConfig;
  readonly logging: LoggingConfig;
  readonly server: HttpServerConfig;
  readonly tool: ToolDefaultsConfig;
  readonly presets: readonly string[] | undefined;
  readonly tools: Readonly<Record<string, ToolDeclaration>>;
  readonly modules: readonly string[];
}

export interface DatabaseConfig {
  /** '', `sqlite:FILE` or `postgres://...`. */
  readonly url: Secret;
  readonly poolSize: number;
  readonly maxOverflow: number;
  readonly poolTimeout: number;
  readonly poolRecycle: number;
  /** Whether the audit trail keeps the values of arguments, not only their shape. */
  readonly recordArguments: boolean;
  readonly retentionDays: number;
  readonly maxEntries: number;
}

export interface SecurityConfig {
  readonly auth: 'required' | 'none';
  readonly apiKey: Secret | undefined;
  readonly apiKeys: readonly ApiKeyConfig[];
  readonly jwt: JwtConfig | undefined;
  readonly allowedTargets: readonly string[];
  readonly deniedTargets: readonly string[];
  readonly allowedOrigins: readonly string[];
  readonly allowedHosts: readonly string[];
  readonly maxArgsLength: number;
  readonly maxOutputSize: number;
  readonly timeoutSeconds: number;
  readonly concurrencyLimit: number;
  readonly allowIntrusive: boolean;
  readonly rateLimit: RateLimitConfig;
}

export interface ApiKeyConfig {
  readonly name: string;
  readonly key: Secret;
  readonly scopes: readonly string[];
}

export interface JwtConfig {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUri: string;
  readonly requiredScopes: readonly string[];
}

export interface RateLimitConfig {
  readonly requests: number;
  readonly window: number;
  readonly burst: number;
}

export interface CircuitBreakerConfig {
  readonly failureThreshold: number;
  readonly recoveryTimeout: number;
  readonly expectedExceptions: readonly ExpectedException[];
  readonly halfOpenSuccessThreshold: number;
  readonly recoveryMultiplier: number;
  readonly maxRecoveryTimeout: number;
  readonly jitter: number;
  readonly halfOpenMaxConcurrent: number;
  readonly halfOpenMaxWait: number;
}

/** Which failures count against a breaker; `Exception` is all of them. */
export type ExpectedException = 'Exception' | 'timeout' | 'unavailable' | 'execution_error';

export interface HealthConfig {
  readonly checkInterval: number;
  readonly cpuThreshold: number;
  readonly memoryThreshold: number;
  readonly diskThreshold: number;
  readonly dependencies: readonly DependencyConfig[];
  readonly timeout: number;
}

interface DependencyBase {
  readonly name: string;
  readonly priority: 'critical' | 'important' | 'informational';
}

export type DependencyConfig =
  | (DependencyBase & { readonly type: 'tcp'; readonly host: string; readonly port: number })
  | (DependencyBase & { readonly type: 'http'; readonly url: string })
  | (DependencyBase & { readonly type: 'command'; readonly command: string; readonly args: readonly string[] });

export interface MetricsConfig {
  readonly enabled: boolean;
  readonly prometheusEnabled: boolean;
  readonly prometheusPort: number | undefined;
  readonly collectionInterval: number;
}

export interface LoggingConfig {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly format: 'json' | 'pretty';
  readonly filePath: string | undefined;
  readonly maxFileSize: number;
  readonly backupCount: number;
}

export interface HttpServerConfig {
  readonly host: string;
  readonly port: number;
  readonly transport: 'stdio' | 'http';
  readonly workers: number;
  readonly maxConnections: number;
  readonly maxConcurrentCalls: number;
  readonly shutdownGracePeriod: number;
}

export interface ToolDefaultsConfig {
  readonly includePatterns: readonly string[];
  readonly excludePatterns: readonly string[];
  readonly defaultTimeout: number;
  readonly defaultConcurrency: number;
}
