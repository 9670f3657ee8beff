import { createHash } from 'node:crypto';

import { Secret, type DeepReadonly } from '@mcp/config';
import { ToolError, type Launcher } from '@mcp/tool-base';
import type {
  HttpConnectionOptions,
  InstancePlaces,
  PinStore,
  StartTurns,
  ToolOverride,
  UpstreamOptions,
  UpstreamSettings,
} from '@mcp/upstreams';

import { breakerOptions, toMs, withoutUndefined, type Loosely } from './command-tool-spec.ts';
import { milliseconds } from './milliseconds.ts';
import { readPemFile, unreadablePem } from './pem-file.ts';
import type { ServerConfig } from '../shape/server-config.ts';
import { toolSettings } from './tool-settings.ts';
import type { ClientCredentialsDeclaration } from '../shape/api-declaration.ts';
import { readTokenFile } from './token-file.ts';
import { programOptions } from './upstream-program.ts';
import type {
  UpstreamConfig,
  UpstreamTlsConfig,
  UpstreamToolOverride,
  UpstreamToolsConfig,
} from '../shape/upstream-config.ts';

export interface UpstreamSurroundings {
  readonly version: string;
  readonly store: PinStore;
  /** Starts the programs. */
  readonly launcher: Pick<Launcher, 'open'>;
  /** Which of them start now. */
  readonly turns?: StartTurns;
  /** Which of them run beside the first of each upstream. */
  readonly places?: InstancePlaces;
  /** Where access tokens come from. */
  readonly tokens: (
    auth: DeepReadonly<ClientCredentialsDeclaration>,
    connection: Pick<DeepReadonly<UpstreamConfig>, 'egress' | 'tls'>,
  ) => HttpConnectionOptions['authorization'];
}

type TlsSource = NonNullable<HttpConnectionOptions['tls']>;

/** An entry under `upstreams:` in the units of the code, with its secrets revealed. */
export function upstreamOptions(
  values: ServerConfig,
  key: string,
  { version, store, launcher, tokens, turns, places }: UpstreamSurroundings,
): UpstreamOptions {
  const config = values.upstreams[key]!;
  const { breakerDefaults, ceilings } = toolSettings(values);
  const { include, exclude, rename, overrides = {} }: Partial<DeepReadonly<UpstreamToolsConfig>> = config.tools ?? {};
  const settings: Loosely<Omit<UpstreamSettings, 'clock' | 'toolOptions' | 'trust'>> = {
    key,
    protocol: config.protocol,
    timeoutMs: milliseconds(config.timeout),
    startTimeoutMs: milliseconds(config.startTimeout),
    concurrency: config.concurrency,
    isolation: config.isolation,
    maxInstances: config.maxInstances,
    idleStopMs: config.idleStop === 'never' ? 0 : milliseconds(config.idleStop),
    circuitBreaker: config.circuitBreaker && breakerOptions(config.circuitBreaker),
    position: Object.keys(values.upstreams).indexOf(key),
    tools: {
      include,
      exclude,
      rename,
      overrides: Object.fromEntries(Object.entries(overrides).map(([name, override]) => [name, overrideOf(override)])),
    },
    structured: config.structured,
    offersPrompts: config.prompts?.enabled,
    offersResources: config.resources?.enabled,
    client: { name: '@mcp/server', version },
  };
  return {
    ...(withoutUndefined(settings) as UpstreamSettings),
    toolOptions: { ceilings, breakerDefaults },
    trust: { mode: config.trust, store },
    ...(config.url === undefined
      ? { ...(places && { places }), stdio: { ...programOptions(config, values, launcher), ...(turns && { turns }) } }
      : { http: httpOptions(config, config.url, tokens) }),
  };
}

function httpOptions(
  config: DeepReadonly<UpstreamConfig>,
  url: string,
  tokens: UpstreamSurroundings['tokens'],
): HttpConnectionOptions {
  const { headers, egress, auth, tls } = config;
  const authorization =
    auth?.type === 'bearer' ? bearer(auth) : auth?.type === 'clientCredentials' ? tokens(auth, config) : undefined;
  return {
    url,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.reveal()])),
    egress: { private: egress?.private ?? false },
    ...(authorization && { authorization }),
    ...(tls && { tls: () => readCertificates(tls) }),
  };
}

/** @throws {ToolError} in words for the operator */
function readCertificates({ caFile, certFile, keyFile }: UpstreamTlsConfig): ReturnType<TlsSource> {
  return {
    ...(caFile !== undefined && { ca: readPem('caFile', caFile) }),
    ...(certFile !== undefined && { cert: readPem('certFile', certFile) }),
    ...(keyFile !== undefined && { key: readPem('keyFile', keyFile) }),
  };
}

function readPem(name: keyof UpstreamTlsConfig, file: string): string {
  const text = readPemFile(file, name === 'keyFile' ? 'any' : 'certificate');
  if (text !== undefined) return text;
  throw new ToolError('unavailable', unreadablePem(name));
}

/** Equal for two configurations in which nothing about the upstream or its tools differs, secrets included. */
export function upstreamFingerprint(values: ServerConfig, key: string): string {
  const { breakerDefaults, ceilings } = toolSettings(values);
  const position = Object.keys(values.upstreams).indexOf(key);
  const { federation, sandbox, tool, security } = values;
  const program = values.upstreams[key]?.command && [sandbox, tool.defaultResources, security.maxResources];
  const all = [revealed(values.upstreams[key]), position, breakerDefaults, ceilings, federation.lockFile, program];
  return createHash('sha256').update(JSON.stringify(all)).digest('hex');
}

function revealed(value: unknown): unknown {
  if (value instanceof Secret) return { secret: value.reveal() };
  if (Array.isArray(value)) return value.map(revealed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, revealed(member)]));
}

function overrideOf(override: DeepReadonly<UpstreamToolOverride>): Loosely<ToolOverride> {
  const { timeout, maxOutput, queue, circuitBreaker, ...rest } = override;
  return {
    ...rest,
    timeoutMs: toMs(timeout),
    maxOutputBytes: maxOutput,
    queue: queue && { size: queue.size, timeoutMs: milliseconds(queue.timeout) },
    circuitBreaker: circuitBreaker && breakerOptions(circuitBreaker),
  };
}

type Bearer = Extract<NonNullable<UpstreamConfig['auth']>, { type: 'bearer' }>;

/** A token in a file may be replaced while the server runs: it is read again when the upstream rejects the last one. */
function bearer({ token, tokenFile }: DeepReadonly<Bearer>): (renew: boolean) => Promise<string> {
  let known = token?.reveal();
  return async (renew) => {
    if (tokenFile !== undefined && (renew || known === undefined)) known = await readTokenFile(tokenFile);
    return `Bearer ${known ?? ''}`;
  };
}
