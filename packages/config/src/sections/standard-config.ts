import type { Secret } from '../fields/secret.ts';

/**
 * The eight sections of the Python server's configuration file. A duration is a number of seconds. A key that may be unset is
 * always present, with the value undefined.
 */
export interface StandardConfig {
  readonly database: DatabaseSettings;
  readonly security: SecuritySettings;
  readonly circuitBreaker: CircuitBreakerSettings;
  readonly health: HealthSettings;
  readonly metrics: MetricsSettings;
  readonly logging: LoggingSettings;
  readonly server: ServerSettings;
  readonly tool: ToolSettings;
}

export interface DatabaseSettings {
  /** '', `sqlite:FILE` or `postgres://...`. */
  readonly url: Secret;
  readonly poolSize: number;
  readonly maxOverflow: number;
  readonly poolTimeout: number;
  readonly poolRecycle: number;
}

export interface SecuritySettings {
  readonly allowedTargets: readonly string[];
  readonly maxArgsLength: number;
  readonly maxOutputSize: number;
  readonly timeoutSeconds: number;
  readonly concurrencyLimit: number;
  readonly allowIntrusive: boolean;
}

export interface CircuitBreakerSettings {
  readonly failureThreshold: number;
  readonly recoveryTimeout: number;
  readonly expectedExceptions: readonly string[];
  readonly halfOpenSuccessThreshold: number;
}

export interface HealthSettings {
  readonly checkInterval: number;
  readonly cpuThreshold: number;
  readonly memoryThreshold: number;
  readonly diskThreshold: number;
  readonly dependencies: readonly string[];
  readonly timeout: number;
}

export interface MetricsSettings {
  readonly enabled: boolean;
  readonly prometheusEnabled: boolean;
  readonly prometheusPort: number | undefined;
  readonly collectionInterval: number;
}

export interface LoggingSettings {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly format: 'json' | 'pretty';
  readonly filePath: string | undefined;
  readonly maxFileSize: number;
  readonly backupCount: number;
}

export interface ServerSettings {
  readonly host: string;
  readonly port: number;
  readonly transport: 'stdio' | 'http';
  readonly workers: number;
  readonly maxConnections: number;
  readonly shutdownGracePeriod: number;
}

export interface ToolSettings {
  readonly includePatterns: readonly string[];
  readonly excludePatterns: readonly string[];
  readonly defaultTimeout: number;
  readonly defaultConcurrency: number;
}
