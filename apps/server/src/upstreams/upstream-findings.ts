/**
 * What keeps an upstream from working and can be known without connecting to it or starting its program. The server starts all the
 * same: the others work.
 */
import { X509Certificate } from 'node:crypto';
import { accessSync, constants, statSync } from 'node:fs';
import { createSecureContext } from 'node:tls';

import { findProgram, secretsAvailable, ToolError } from '@mcp/tool-base';

import { readPemFile } from '../configuration/settings/pem-file.ts';
import { readTokenFile } from '../configuration/settings/token-file.ts';
import { programSecrets } from '../configuration/settings/upstream-program.ts';
import type { ServerConfig } from '../configuration/shape/server-config.ts';
import type { UpstreamConfig, UpstreamTlsConfig } from '../configuration/shape/upstream-config.ts';
import { readCredentials } from '../tools/rest/read-credentials.ts';
import { approvalFindings } from './approval-findings.ts';
import type { UpstreamFinding } from './upstream-finding.ts';

type Upstream = ServerConfig['upstreams'][string];

/** In the order of the configuration; what is written down wrong is a problem of the configuration and not among them. */
export async function upstreamFindings(values: ServerConfig): Promise<UpstreamFinding[]> {
  const upstreams = Object.entries(values.upstreams);
  if (upstreams.length === 0) return [];
  const found = await Promise.all(
    upstreams.map(async ([key, upstream]) => {
      const findings = upstream.command === undefined ? await overHttp(upstream) : ofProgram(upstream);
      return findings.map(({ setting, ...rest }) => ({ setting: `upstreams.${key}.${setting}`, ...rest }));
    }),
  );
  return [...found.flat(), ...(await approvalFindings(values))];
}

function ofProgram({ command: [program = ''] = [], cwd, secrets }: Upstream): UpstreamFinding[] {
  const findings: UpstreamFinding[] = [];
  const file = findProgram(program);
  if (!file.found) {
    const remedy = 'Correct it, or remove the upstream.';
    findings.push({ setting: 'command', problem: `The program cannot be started: ${file.reason}`, remedy });
  }
  if (cwd !== undefined && !isFolder(cwd)) {
    const problem = `${cwd} is not a folder that this user may enter, so the program cannot be started.`;
    findings.push({ setting: 'cwd', problem, remedy: 'Create it, or name another.' });
  }
  const { ok, reason = '' } = secretsAvailable({ secrets: programSecrets({ secrets }) });
  if (!ok) {
    const remedy = 'Set the variable, or let the user of the server read the file.';
    findings.push({ setting: 'secrets', problem: reason, remedy });
  }
  return findings;
}

function isFolder(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

async function overHttp(upstream: Upstream): Promise<UpstreamFinding[]> {
  const { literalProblem } = await import('@mcp/upstreams');
  const { url, tls, auth } = upstream;
  const findings: UpstreamFinding[] = [];
  const tokenUrl = auth?.type === 'clientCredentials' ? auth.tokenUrl : undefined;
  for (const [setting, address] of Object.entries({ url, 'auth.tokenUrl': tokenUrl })) {
    const refused = address === undefined ? undefined : literalProblem(new URL(address));
    if (refused !== undefined)
      findings.push({ setting, problem: `The address ${refused}.`, remedy: 'Give another one.' });
  }
  if (tls !== undefined) findings.push(...certificateFindings(tls));
  if (auth?.type === 'bearer' && auth.tokenFile !== undefined) findings.push(...(await tokenFindings(auth.tokenFile)));
  if (auth?.type === 'clientCredentials') findings.push(...(await clientFindings(auth, upstream)));
  return findings;
}

const CERTIFICATE_FILES = ['caFile', 'certFile', 'keyFile'] as const;

function certificateFindings(tls: UpstreamTlsConfig): UpstreamFinding[] {
  const texts = CERTIFICATE_FILES.map((name) => {
    const file = tls[name];
    return file === undefined ? undefined : (readPemFile(file, name === 'keyFile' ? 'any' : 'certificate') ?? null);
  });
  const unread = CERTIFICATE_FILES.filter((_, at) => texts[at] === null).map((name) => ({
    setting: `tls.${name}`,
    problem: `${tls[name] ?? ''} cannot be read as PEM.`,
    remedy: 'Create it, let the user of the server read it, or name another.',
  }));
  if (unread.length > 0) return unread;
  const [ca, cert, key] = texts.map((text) => text ?? undefined);
  return [
    ...(ca === undefined || holdsCertificates(ca)
      ? []
      : [{ setting: 'tls.caFile', problem: 'A certificate in it is damaged.', remedy: 'Replace the file.' }]),
    ...(isPair(cert, key)
      ? []
      : [
          {
            setting: 'tls.keyFile',
            problem: 'It is not the key of certFile, needs a passphrase, or one of the two is damaged.',
            remedy: 'Give a certificate and its own key without a passphrase.',
          },
        ]),
  ];
}

/** Connections ignore one that is damaged, and then trust nobody. */
function holdsCertificates(text: string): boolean {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.every((block) => succeeds(() => new X509Certificate(block)));
}

function isPair(cert: string | undefined, key: string | undefined): boolean {
  return cert === undefined || key === undefined || succeeds(() => createSecureContext({ cert, key }));
}

function succeeds(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}

async function tokenFindings(file: string): Promise<UpstreamFinding[]> {
  try {
    await readTokenFile(file);
    return [];
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    const remedy = 'Write the token into it, let the user of the server read it, or name another.';
    return [{ setting: 'auth.tokenFile', problem: error.message, remedy }];
  }
}

type ClientCredentials = Extract<NonNullable<UpstreamConfig['auth']>, { type: 'clientCredentials' }>;

async function clientFindings(auth: ClientCredentials, { egress, tls }: Upstream): Promise<UpstreamFinding[]> {
  const openapi = await import('@mcp/openapi-tools');
  const rules = { private: egress?.private ?? false, plaintext: egress?.plaintext ?? false };
  const ca = tls?.caFile === undefined ? undefined : readPemFile(tls.caFile, 'certificate');
  const read = await readCredentials(openapi, auth, { ...rules, ca }, process.env);
  if ('credentials' in read) return [];
  const setting = `auth.${read.path.join('.')}`;
  const remedy = 'Correct it; until then no access token can be requested.';
  return [{ setting, problem: `It ${read.message}.`, remedy }];
}
