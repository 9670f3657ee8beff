import type { Secret } from '@mcp/config';
import type { TARGET_KINDS } from '@mcp/tool-base';

import type { ClientCredentialsDeclaration } from './api-declaration.ts';
import type { ToolBreakerDeclaration } from './circuit-breaker-config.ts';
import type { ProgramInput } from '../fields/program-fields.ts';
import type { ResourcesDeclaration } from '../fields/resources-config.ts';
import type { ToolSandboxDeclaration } from '../fields/sandbox-section.ts';
import type { SCOPES } from '../fields/scope-names.ts';
import type { QueueDeclaration } from './tool-declaration.ts';

type Scope = (typeof SCOPES)[number];

/** An MCP server under `upstreams:`. Durations are seconds; what is undefined gets the default of its section. */
export interface UpstreamConfig extends UpstreamProgramConfig {
  /** Exactly one of `url` and `command` is defined. */
  readonly url: string | undefined;
  readonly auth: UpstreamAuthConfig | undefined;
  readonly headers: Readonly<Record<string, Secret>>;
  readonly egress: UpstreamEgressConfig | undefined;
  readonly tls: UpstreamTlsConfig | undefined;
  readonly protocol: 'auto' | '2026-07-28' | '2025-11-25';
  readonly startTimeout: number;
  readonly timeout: number;
  readonly concurrency: number;
  readonly isolation: 'auto' | 'shared' | 'caller' | 'session';
  readonly maxInstances: number;
  readonly idleStop: number | 'never';
  readonly circuitBreaker: ToolBreakerDeclaration | undefined;
  readonly structured: 'off' | 'warn' | 'strict';
  readonly trust: 'locked' | 'firstUse' | 'open';
  readonly tools: UpstreamToolsConfig | undefined;
  readonly prompts: UpstreamContentsConfig | undefined;
  readonly resources: UpstreamContentsConfig | undefined;
  readonly priority: 'informational' | 'important';
}

/** What an upstream has that is a program. */
export interface UpstreamProgramConfig extends Pick<ProgramInput, 'env' | 'passEnv' | 'secrets' | 'cwd'> {
  /** The program and its arguments. */
  readonly command: readonly string[] | undefined;
  readonly sandbox: ToolSandboxDeclaration | undefined;
  readonly limits: ResourcesDeclaration | undefined;
  readonly start: 'lazy' | 'eager';
  readonly restart: UpstreamRestartConfig | undefined;
}

export interface UpstreamRestartConfig {
  readonly initial: number;
  readonly max: number;
  readonly stableAfter: number;
}

/** The section `federation`: what all upstreams share. */
export interface FederationConfig {
  /** Absolute path. */
  readonly lockFile: string;
  readonly maxProcesses: number;
  /** Patterns of names. */
  readonly alwaysListed: readonly string[];
}

/** Absolute paths of files in PEM. */
export interface UpstreamTlsConfig {
  readonly caFile: string | undefined;
  readonly certFile: string | undefined;
  readonly keyFile: string | undefined;
}

export interface UpstreamEgressConfig {
  readonly private: boolean;
  readonly plaintext: boolean;
}

export type UpstreamAuthConfig =
  | { readonly type: 'bearer'; readonly token: Secret | undefined; readonly tokenFile: string | undefined }
  | ClientCredentialsDeclaration
  | { readonly type: 'none' };

/** Prompts or resources of an upstream. */
export interface UpstreamContentsConfig {
  readonly enabled: boolean;
  /** What callers need beside the scopes that cover the upstream's tools. */
  readonly scope?: Scope | undefined;
}

export interface UpstreamToolsConfig {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly rename: Readonly<Record<string, string>>;
  /** By the upstream's own name. */
  readonly overrides: Readonly<Record<string, UpstreamToolOverride>>;
}

export interface UpstreamToolOverride {
  readonly description: string | undefined;
  readonly timeout: number | undefined;
  readonly concurrency: number | undefined;
  readonly queue: QueueDeclaration | undefined;
  /** Bytes. */
  readonly maxOutput: number | undefined;
  readonly circuitBreaker: ToolBreakerDeclaration | undefined;
  /** Kinds of targets by argument. */
  readonly targets: Readonly<Record<string, (typeof TARGET_KINDS)[number]>>;
  readonly idempotent: boolean;
}
