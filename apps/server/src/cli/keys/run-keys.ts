import { configuredCallers, keyStoreOf } from '../../access/access-control.ts';
import { readGeneratedKey } from '../../access/generated-key.ts';
import { KeyStoreError, readKeyStore, type StoredKey } from '../../access/key-store.ts';
import { SCOPES } from '../../configuration/fields/scope-names.ts';
import { changeKeyStore, createKey } from '../../access/write-key-store.ts';
import { loadSettings } from '../../composition/load-configuration.ts';
import type { ServerConfig } from '../../configuration/shape/server-config.ts';
import { renderKeys, type ListedKey } from './render-keys.ts';
import type { KeysCommand } from './parse-keys.ts';

/** What the command prints: the result on standard output, remarks for a person on standard error. */
export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * @throws {ConfigError} when the configuration cannot be loaded
 * @throws {KeyStoreError} when the key store cannot be used, or a key of that name is missing or a duplicate
 */
export async function runKeys(command: KeysCommand, nowMs: number): Promise<Output> {
  const values = await loadSettings(command.options);
  const file = keyStoreOf(values);
  switch (command.action) {
    case 'add':
      if (configuredCallers(values).some(({ name }) => name === command.name)) {
        throw new KeyStoreError(`The configuration has a key named ${command.name}. Choose another name.`);
      }
      return issue(command, file, nowMs, (keys) => {
        if (keys.some(({ name }) => name === command.name)) {
          throw new KeyStoreError(
            `There is a key named ${command.name}. Choose another name, or replace it with mcp-server keys rotate ${command.name}.`,
          );
        }
        return { position: keys.length, scopes: command.scopes, expiresAtMs: command.expiresAtMs };
      });
    case 'rotate':
      return issue(command, file, nowMs, (keys) => {
        const position = positionOf(command.name, keys, values);
        const before = keys[position]!;
        return {
          position,
          scopes: before.scopes,
          expiresAtMs: command.expiresAtMs ?? sameLifetime(before, nowMs),
        };
      });
    case 'remove':
      changeKeyStore(file, (keys) => keys.toSpliced(positionOf(command.name, keys, values), 1));
      return command.json
        ? { stdout: json({ removed: command.name, keyStore: file }), stderr: '' }
        : { stdout: '', stderr: `Removed the key ${command.name} from ${file}.\n` };
    case 'list': {
      const keys = listed(values, file, nowMs);
      return { stdout: command.json ? json({ keyStore: file, keys }) : renderKeys(keys, file), stderr: '' };
    }
  }
}

interface Issued {
  readonly position: number;
  readonly scopes: readonly string[];
  readonly expiresAtMs: number | undefined;
}

function issue(
  { name, json: asJson }: { readonly name: string; readonly json: boolean },
  file: string,
  nowMs: number,
  plan: (keys: readonly StoredKey[]) => Issued,
): Output {
  const { key, hash } = createKey();
  let entry: StoredKey | undefined;
  changeKeyStore(file, (keys) => {
    const { position, scopes, expiresAtMs } = plan(keys);
    const createdAt = new Date(nowMs).toISOString();
    const expiry = expiresAtMs === undefined ? {} : { expiresAt: new Date(expiresAtMs).toISOString() };
    entry = { name, hash, scopes: [...scopes], createdAt, ...expiry };
    return keys.toSpliced(position, 1, entry);
  });
  const { scopes = [], expiresAt } = entry ?? {};
  if (asJson) return { stdout: json({ name, key, scopes, expiresAt: expiresAt ?? null, keyStore: file }), stderr: '' };
  const validity = expiresAt === undefined ? 'It does not expire' : `It is valid until ${expiresAt}`;
  return {
    stdout: `${key}\n`,
    stderr: `Key of ${name} with ${scopes.join(', ')}. ${validity}. It is shown this once; its hash is in ${file}.\n`,
  };
}

function positionOf(name: string, keys: readonly StoredKey[], values: ServerConfig): number {
  const position = keys.findIndex((key) => key.name === name);
  if (position !== -1) return position;
  if (configuredCallers(values).some((caller) => caller.name === name)) {
    throw new KeyStoreError(`The key ${name} is in the configuration. Change it there.`);
  }
  throw new KeyStoreError(
    `The key store ${keyStoreOf(values)} has no key named ${name}. mcp-server keys list shows every key.`,
  );
}

function sameLifetime({ createdAt, expiresAt }: StoredKey, nowMs: number): number | undefined {
  return expiresAt === undefined ? undefined : nowMs + Date.parse(expiresAt) - Date.parse(createdAt);
}

function listed(values: ServerConfig, file: string, nowMs: number): ListedKey[] {
  const configured = configuredCallers(values).map((key) => ({ ...key, source: 'configuration' as const }));
  const generated = configured.length === 0 && values.security.jwt === undefined ? readGeneratedKey() : undefined;
  return [
    ...readKeyStore(file).map(({ name, scopes, createdAt, expiresAt }) => ({
      name,
      scopes,
      source: 'key store' as const,
      createdAt,
      ...(expiresAt !== undefined && { expiresAt, expired: Date.parse(expiresAt) <= nowMs }),
    })),
    ...configured,
    ...(generated === undefined ? [] : [{ name: 'default', scopes: SCOPES, source: 'generated' as const }]),
  ];
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
