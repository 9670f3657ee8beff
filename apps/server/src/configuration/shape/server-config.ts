import type {
  DatabaseSettings,
  HealthSettings,
  MetricsSettings,
  Secret,
  SecuritySettings,
  ServerSettings,
  StandardConfig,
  ToolSettings,
} from '@mcp/config';

import type { ApiDeclaration } from './api-declaration.ts';
import type { CircuitBreakerConfig } from './circuit-breaker-config.ts';
import type { ResourceCeilings, ResourceDefaults } from '../fields/resources-config.ts';
import type { PresetName } from '../fields/preset-names.ts';
import type { SandboxConfig } from '../fields/sandbox-section.ts';
import type { ToolDeclaration } from './tool-declaration.ts';
import type { FederationConfig, UpstreamConfig } from './upstream-config.ts';

/**
 * The effective configuration of the server. A duration is a number of seconds. A key that may be unset is always present,
 * with the value undefined.
 */
export interface ServerConfig extends Omit<StandardConfig, 'health'> {
  readonly database: DatabaseConfig;
  readonly security: SecurityConfig;
  readonly circuitBreaker: CircuitBreakerConfig;
  readonly health: HealthConfig;
  readonly metrics: MetricsConfig;
  readonly server: HttpServerConfig;
  readonly cluster: ClusterConfig;
  readonly tool: ToolConfig;
  readonly sandbox: SandboxConfig;
  readonly presets: readonly PresetName[] | undefined;
  readonly tools: Readonly<Record<string, ToolDeclaration>>;
  readonly apis: Readonly<Record<string, ApiDeclaration>>;
  readonly toolSearch: 'off' | 'auto' | 'always';
  readonly federation: FederationConfig;
  readonly upstreams: Readonly<Record<string, UpstreamConfig>>;
  readonly modules: readonly string[];
  readonly jobs: JobsConfig;
}

export interface DatabaseConfig extends DatabaseSettings {
  /** Whether the audit trail keeps the values of arguments, not only their shape. */
  readonly recordArguments: boolean;
  readonly retentionDays: number;
  readonly maxEntries: number;
}

/** Durations are seconds. */
export interface JobsConfig {
  readonly store: 'auto' | 'memory';
  /** Absolute path. */
  readonly directory: string | undefined;
  readonly maxRunning: number;
  readonly maxQueued: number;
  readonly perCaller: number;
  readonly retention: number;
  readonly maxBytesPerCaller: number;
  readonly maxBytes: number;
  readonly lease: number;
  readonly inlineWait: number;
  readonly taskAfter: number;
}

export interface MetricsConfig extends MetricsSettings {
  readonly grafanaUrl: string | undefined;
}

export interface SecurityConfig extends SecuritySettings {
  readonly auth: 'required' | 'none';
  readonly apiKey: Secret | undefined;
  readonly apiKeys: readonly ApiKeyConfig[];
  /** Absolute path. */
  readonly keyStore: string | undefined;
  readonly jwt: JwtConfig | undefined;
  readonly deniedTargets: readonly string[];
  readonly allowedOrigins: readonly string[];
  readonly allowedHosts: readonly string[];
  readonly rateLimit: RateLimitConfig;
  /** Seconds. */
  readonly approvalTimeout: number;
  readonly maxResources: ResourceCeilings;
}

export interface ToolConfig extends ToolSettings {
  readonly defaultResources: ResourceDefaults;
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

/** The dependencies are those that can be probed, where the Python server had only names. */
export interface HealthConfig extends Omit<HealthSettings, 'dependencies'> {
  readonly dependencies: readonly DependencyConfig[];
}

interface DependencyBase {
  readonly name: string;
  readonly priority: 'critical' | 'important' | 'informational';
}

export type DependencyConfig =
  | (DependencyBase & { readonly type: 'tcp'; readonly host: string; readonly port: number })
  | (DependencyBase & { readonly type: 'http'; readonly url: string })
  | (DependencyBase & { readonly type: 'command'; readonly command: string; readonly args: readonly string[] });

export interface HttpServerConfig extends ServerSettings {
  readonly maxConcurrentCalls: number;
  readonly sessions: 'sealed' | 'none';
  /** Seconds. */
  readonly keepAliveTimeout: number;
  /** Seconds. */
  readonly drainDelay: number;
}

/** What a server does when a breaker for one target has opened on another server. */
export type BreakerSharing = 'off' | 'primed' | 'any';

export interface ClusterConfig {
  /** Empty: this server runs alone. */
  readonly url: Secret;
  readonly name: string;
  readonly replica: string | undefined;
  /** Seconds. */
  readonly timeout: number;
  /** Seconds. */
  readonly startTimeout: number;
  readonly secrets: readonly Secret[];
  readonly breakers: BreakerSharing;
}
