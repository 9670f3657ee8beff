import { randomBytes } from 'node:crypto';
import type { SandboxLevel, SandboxReport } from '@mcp/tool-base';

import { argumentShape, argumentText } from './argument-shape.ts';
import { cleanText } from './clean-text.ts';
import { maskedMessage } from './masked-message.ts';

/** In `tool` of an entry about a refused credential: no tool was called. */
export const NO_TOOL = '__none__';

export interface ClientName {
  readonly name: string;
  readonly version: string;
}

export interface AuditedUpstream {
  readonly name: string;
  /** Its own name of the tool or prompt, or the address of the resource. */
  readonly tool: string;
  readonly era?: string | undefined;
  /** Absent for a call of a tool. */
  readonly request?: 'prompts/get' | 'resources/read' | 'completion/complete' | undefined;
}

/** What is recorded of one call. Durations in milliseconds. */
export interface AuditRecord {
  readonly correlationId: string;
  /** Name of the principal. */
  readonly caller: string;
  readonly tool: string;
  /** `refused` when the call never started: by input check, target policy, scope, rate, breaker or queue. */
  readonly decision: 'allowed' | 'refused';
  /** 'success' or the type of the error. */
  readonly outcome: string;
  /** Why a credential was refused, could not be checked, or is not enough for the tool: `key_unknown`, `token_expired`, ... */
  readonly reason?: string;
  /** Of the network connection; absent over stdio. Behind a proxy it is that of the proxy. */
  readonly address?: string | undefined;
  /** The MCP client, as it calls itself. */
  readonly client?: ClientName | undefined;
  /** What the person answered, for a tool that asks one. */
  readonly confirmation?: 'allowed' | 'declined' | 'dismissed' | undefined;
  /** The operator who approved the call, for a tool with `confirm: operator`. */
  readonly approvedBy?: string | undefined;
  /** How the program of the call was confined, as observed. Absent for a call that ran none. */
  readonly sandbox?: SandboxLevel | undefined;
  /** The upstream that ran the tool, its own name of the tool, and the protocol era that it spoke. */
  readonly upstream?: AuditedUpstream | undefined;
  /** What kept the program to its targets, as observed. Absent where it had none, or the network of the machine. */
  readonly targetsHeldBy?: SandboxReport['network']['enforcedBy'] | undefined;
  /** The API key; absent for tokens, and where no credential is needed. */
  readonly keyName?: string | undefined;
  readonly durationMs: number;
  readonly queueMs: number;
  readonly outputBytes: number;
  readonly exitCode?: number | undefined;
  /** The message of the error, as the caller got it. Without the values of arguments, unless these are recorded by value. */
  readonly message?: string | undefined;
  /** Recorded by shape; by value only when enabled. */
  readonly arguments?: unknown;
}

/** One line of the audit trail, as it is stored and shown. */
export interface AuditEntry extends Omit<AuditRecord, 'arguments' | 'exitCode' | 'message'> {
  readonly exitCode?: number;
  readonly message?: string;
  /** Sorts by time over all servers that share a store: 12 hex digits of milliseconds, 4 of order, 8 random. */
  readonly id: string;
  /** When the call ended, milliseconds since the epoch. */
  readonly at: number;
  /** For each argument its kind and size, for example `{ "target": "string(9)" }`. */
  readonly argumentShape: Readonly<Record<string, string>>;
  /** The arguments as JSON text, cut to 4096 characters; only where values are recorded. */
  readonly argumentText?: string;
}

export const AUDIT_ID: RegExp = /^[0-9a-f]{12}-[0-9a-f]{4}-[0-9a-f]{8}$/;

/** @returns an id for `before`, so that a page has the entries up to and including this millisecond */
export function auditIdAfter(epochMs: number): string {
  return `${hex(epochMs + 1, 12)}-0000-00000000`;
}

/** Ids of one beginning and one end share them: of most, only the joining of the two is kept. */
const SHARED_DIGITS = 2;
const IDS_OF_HEAD: number = 16 ** SHARED_DIGITS;

/** Ids that grow within this process, even when the clock is set back. */
export class AuditIds {
  readonly #tails: readonly string[];
  #ms = 0;
  #head = '';
  #order = 0;

  constructor() {
    const server = randomBytes(4).toString('hex');
    this.#tails = Array.from({ length: IDS_OF_HEAD }, (_, order) => `${hex(order, SHARED_DIGITS)}-${server}`);
  }

  next(now: number): string {
    if (now > this.#ms) this.#begin(now);
    else if (++this.#order > 0xffff) this.#begin(this.#ms + 1);
    const last = this.#order % IDS_OF_HEAD;
    if (last === 0) this.#head = `${hex(this.#ms, 12)}-${hex(this.#order / IDS_OF_HEAD, 2)}`;
    return `${this.#head}${this.#tails[last]}`;
  }

  #begin(ms: number): void {
    this.#ms = ms;
    this.#order = 0;
  }
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}

/** Truncates and neutralises everything that a client can influence, so that no store refuses or misreads an entry. */
export function auditEntry(id: string, at: number, record: AuditRecord, recordValues: boolean): AuditEntry {
  const { reason, address, client, confirmation, approvedBy, sandbox, upstream, targetsHeldBy, keyName } = record;
  const { exitCode, message, arguments: values } = record;
  const entry: Filling<AuditEntry> = {
    id,
    at,
    correlationId: cleanText(record.correlationId, 128),
    caller: cleanText(record.caller, 256),
    tool: cleanText(record.tool, 128),
    decision: record.decision,
    outcome: cleanText(record.outcome, 64),
    durationMs: finite(record.durationMs),
    queueMs: finite(record.queueMs),
    outputBytes: finite(record.outputBytes),
    argumentShape: argumentShape(values),
  };
  // Every call makes an entry: a spread for each optional member would cost several times the rest.
  if (reason !== undefined) entry.reason = cleanText(reason, 128);
  if (address !== undefined) entry.address = cleanText(address, 64);
  if (client !== undefined) entry.client = clientName(client);
  if (confirmation !== undefined) entry.confirmation = confirmation;
  if (approvedBy !== undefined) entry.approvedBy = cleanText(approvedBy, 256);
  if (sandbox !== undefined) entry.sandbox = sandbox;
  if (upstream !== undefined) entry.upstream = upstreamOf(upstream);
  if (targetsHeldBy !== undefined) entry.targetsHeldBy = targetsHeldBy;
  if (keyName !== undefined) entry.keyName = cleanText(keyName, 64);
  if (exitCode !== undefined) entry.exitCode = finite(exitCode);
  if (message !== undefined) entry.message = messageText(message, values, recordValues);
  if (recordValues && values !== undefined) entry.argumentText = argumentText(values);
  return entry;
}

type Filling<T> = { -readonly [Key in keyof T]: T[Key] };

function upstreamOf({ name, tool, era, request }: AuditedUpstream): AuditedUpstream {
  const own = { name, tool: cleanText(tool, 256), ...(era === undefined ? {} : { era }) };
  return request === undefined ? own : { ...own, request };
}

let lastClient: ClientName | undefined;

/** Calls in a row often have the same client: their entries, of which thousands are kept, share its name. */
function clientName(client: ClientName): ClientName {
  const name = cleanText(client.name, 128);
  const version = cleanText(client.version, 64);
  if (lastClient?.name !== name || lastClient.version !== version) lastClient = { name, version };
  return lastClient;
}

function messageText(message: string, values: unknown, recordValues: boolean): string {
  return cleanText(recordValues ? message : maskedMessage(message, values), 1024);
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}
