/** The tools of one API under `apis`: its document is read, checked and planned, before a toolset takes them. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import type * as openapiTools from '@mcp/openapi-tools';

import type { ApiDeclaration } from '../../configuration/shape/api-declaration.ts';
import { milliseconds } from '../../configuration/settings/milliseconds.ts';
import { errorCode } from '../../foundation/error-code.ts';
import { readConnectionSettings, type ConnectionSettings } from './connection-settings.ts';
import type { Report, RestTool } from './rest-tool.ts';

/** What became of the operations of one API. */
export interface PlannedApi {
  readonly key: string;
  readonly tools: readonly RestTool[];
  readonly report: readonly openapiTools.OperationReport[];
  readonly baseUrl: string;
  /** Addresses that the document names; shown, never used. */
  readonly servers: readonly string[];
  readonly fingerprint: string;
  /** Sends the requests of its tools. */
  readonly client: Pick<openapiTools.ApiClient, 'counts' | 'tokenState'>;
}

/**
 * @param planned the same API as it was planned before, which is returned where nothing changed
 * @returns undefined after reporting what is wrong
 */
export async function planApi(
  openapi: typeof openapiTools,
  key: string,
  declared: ApiDeclaration,
  denied: readonly string[],
  planned: PlannedApi | undefined,
  report: Report,
): Promise<PlannedApi | undefined> {
  const { baseUrl, egress } = declared;
  const address = openapi.readApiAddress(baseUrl);
  const problem = typeof address === 'string' ? address : openapi.egressProblem(address, egress ?? {});
  if (problem !== undefined) report(['baseUrl'], problem);
  const settings = await readConnectionSettings(openapi, declared, denied, report);
  if (problem !== undefined || settings === undefined) return undefined;
  try {
    const bytes = await readDocumentBytes(openapi, declared, settings.rules);
    const fingerprint = createHash('sha256')
      .update(JSON.stringify([declared, settings.rules, settings.identity, openapi.sha256(bytes)]))
      .digest('hex');
    if (planned?.fingerprint === fingerprint) return planned;
    return await planDocument(openapi, key, declared, settings, bytes, fingerprint);
  } catch (error) {
    if (!(error instanceof openapi.DocumentError)) throw error;
    report(['document'], `cannot be used: ${error.message}`);
    return undefined;
  }
}

async function planDocument(
  openapi: typeof openapiTools,
  key: string,
  declared: ApiDeclaration,
  { rules, credentials }: ConnectionSettings,
  bytes: Uint8Array,
  fingerprint: string,
): Promise<PlannedApi> {
  const { baseUrl, timeout, concurrency, maxOutput, operations, overrides } = declared;
  const document = await openapi.loadDocument(bytes, { maxBytes: declared.document.maxBytes });
  const client = new openapi.ApiClient({ ...rules, baseUrl, credentials });
  const found = await openapi.operationsOf(document, {
    client,
    prefix: key,
    operations,
    overrides,
    limits: {
      timeoutMs: timeout === undefined ? undefined : milliseconds(timeout),
      concurrency,
      maxOutputBytes: maxOutput,
    },
  });
  const tools = found.tools.map((definition) => ({ path: ['apis', key], definition, fingerprint }));
  return { key, tools, report: found.report, baseUrl, servers: found.servers, fingerprint, client };
}

async function readDocumentBytes(
  openapi: typeof openapiTools,
  { document: { file, url, sha256, maxBytes } }: ApiDeclaration,
  rules: ConnectionSettings['rules'],
): Promise<Uint8Array> {
  if (file === undefined) return openapi.fetchDocument(url ?? '', sha256 ?? '', { ...rules, maxBytes });
  try {
    return await readFile(file);
  } catch (error) {
    throw new openapi.DocumentError(`The file cannot be read (${errorCode(error)}).`);
  }
}
