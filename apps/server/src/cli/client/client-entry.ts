import type { ClientFile } from './clients.ts';

/** The server as an entry of a client's configuration. */
export interface ServerEntry {
  /** The name under which the client shows the server. */
  readonly name: string;
  /** The program and its arguments. */
  readonly command: readonly string[];
}

/** What a client's configuration file would become. */
export type EditedFile =
  | { readonly kind: 'changed'; readonly text: string; readonly replaces: boolean }
  | { readonly kind: 'unchanged' }
  /** The file cannot be edited safely. */
  | { readonly kind: 'unsupported'; readonly reason: string };

type Settings = Record<string, unknown>;

/** The entry alone, as it is written into an empty file. */
export function entryBlock(entry: ServerEntry, client: ClientFile): string {
  if (client.format === 'toml') return tomlTable(entry, client);
  return `${JSON.stringify({ [client.member]: { [entry.name]: jsonEntry(entry, client) } }, null, 2)}\n`;
}

/** @param text the content of the file; undefined when there is none */
export function addEntry(text: string | undefined, entry: ServerEntry, client: ClientFile): EditedFile {
  const content = text?.replace(/^\ufeff/u, '') ?? '';
  if (content.trim() === '') return { kind: 'changed', text: entryBlock(entry, client), replaces: false };
  return client.format === 'toml' ? addToToml(content, entry, client) : addToJson(content, entry, client);
}

function addToJson(content: string, entry: ServerEntry, client: ClientFile): EditedFile {
  let settings: unknown;
  try {
    settings = JSON.parse(content);
  } catch {
    return { kind: 'unsupported', reason: 'it is not plain JSON (it may contain comments)' };
  }
  const servers = isObject(settings) ? (settings[client.member] ?? {}) : undefined;
  if (!isObject(settings) || !isObject(servers))
    return { kind: 'unsupported', reason: `${client.member} is not an object` };
  const value = jsonEntry(entry, client);
  const before = servers[entry.name];
  if (JSON.stringify(before) === JSON.stringify(value)) return { kind: 'unchanged' };
  const next = { ...settings, [client.member]: { ...servers, [entry.name]: value } };
  const indent = /^(?<indent>[ \t]+)"/mu.exec(content)?.groups?.['indent'] ?? '  ';
  return { kind: 'changed', text: `${JSON.stringify(next, null, indent)}\n`, replaces: before !== undefined };
}

/** A table at the end is valid in every TOML file that does not define the same table or an inline one. */
function addToToml(content: string, entry: ServerEntry, client: ClientFile): EditedFile {
  const table = tomlTable(entry, client);
  if (content.includes(table)) return { kind: 'unchanged' };
  const { member } = client;
  const names = [entry.name, `"${entry.name}"`, `'${entry.name}'`].map(escaped).join('|');
  const defined = new RegExp(String.raw`^\s*(?:\[\s*${member}\s*\.\s*(?:${names})\s*[\].]|${member}\s*[.=])`, 'mu');
  if (defined.test(content)) return { kind: 'unsupported', reason: `it has an entry ${member}.${entry.name}` };
  return { kind: 'changed', text: `${content.trimEnd()}\n\n${table}`, replaces: false };
}

function jsonEntry({ command: [program, ...args] }: ServerEntry, { extra }: ClientFile): object {
  return { ...extra, command: program, args };
}

function tomlTable({ name, command: [program = '', ...args] }: ServerEntry, { member }: ClientFile): string {
  // Basic strings of TOML have the escapes of JSON strings.
  return `[${member}.${name}]\ncommand = ${JSON.stringify(program)}\nargs = ${JSON.stringify(args)}\n`;
}

function isObject(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function escaped(text: string): string {
  return text.replaceAll(/[^\w"']/gu, String.raw`\$&`);
}
