/**
 * Approved tools and prompts in a JSON file that is meant to be kept in version control. Whatever cannot be read as such a file approves
 * nothing: a file that was cut or edited by mistake must not open what it was to keep closed.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';

import { isMembers } from '../connection/take-apart.ts';
import type { Pin, PinnedList, Pins } from './pins.ts';
import { PinStoreError, type PinStore } from './trust.ts';

const VERSION = 1;
const MAX_FILE_BYTES = 67_108_864;

/** Of one upstream; a list that was never read is absent. */
type Entry = Readonly<Partial<Record<PinnedList, Pins>>>;
type Content = Readonly<Record<string, Entry>>;

export class LockFile implements PinStore {
  readonly path: string;
  #known: { readonly stamp: string; readonly content: Content } | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /** Differs after every change of the file, also by another process; `''` while there is none. */
  get stamp(): string {
    try {
      const { mtimeMs, size, ino } = statSync(this.path);
      return `${mtimeMs} ${size} ${ino}`;
    } catch {
      return '';
    }
  }

  read(key: string, list: PinnedList): Pins | undefined {
    return this.#entry(this.#read(), key)[list];
  }

  write(key: string, list: PinnedList, pins: Pins): void {
    const before = this.#read();
    const content: Content = { ...before, [key]: { ...this.#entry(before, key), [list]: pins } };
    const upstreams = Object.fromEntries(
      Object.entries(content)
        .sort(byName)
        .map(([name, entry]) => [name, sorted(entry)]),
    );
    const temporary = `${this.path}.${randomUUID()}`;
    try {
      writeFileSync(temporary, `${JSON.stringify({ version: VERSION, upstreams }, undefined, 2)}\n`, { mode: 0o600 });
      renameSync(temporary, this.path);
    } catch (error) {
      rmSync(temporary, { force: true });
      const { code = 'UNKNOWN' } = error as NodeJS.ErrnoException;
      throw new PinStoreError(`The lock file ${this.path} cannot be written (${code}).`, { cause: error });
    }
  }

  #entry(content: Content, key: string): Entry {
    return (Object.hasOwn(content, key) ? content[key] : undefined) ?? {};
  }

  #read(): Content {
    const { stamp } = this;
    if (stamp === '') return {};
    if (this.#known?.stamp === stamp) return this.#known.content;
    const content = this.#parse();
    this.#known = { stamp, content };
    return content;
  }

  #parse(): Content {
    try {
      const text = readFileSync(this.path, 'utf8');
      const parsed: unknown = text.length > MAX_FILE_BYTES ? undefined : JSON.parse(text);
      if (isMembers(parsed) && Number(parsed['version']) > VERSION) throw this.#newer(Number(parsed['version']));
      if (isMembers(parsed) && parsed['version'] === VERSION && isMembers(parsed['upstreams'])) {
        return Object.fromEntries(Object.entries(parsed['upstreams']).map(([key, value]) => [key, readEntry(value)]));
      }
    } catch (error) {
      throw error instanceof PinStoreError ? error : this.#unreadable(error);
    }
    throw this.#unreadable(undefined);
  }

  #newer(version: number): PinStoreError {
    return new PinStoreError(
      `${this.path} was written by a newer version (format ${version}; this one reads up to ${VERSION}); no tool that it should approve is offered. Start that version again, or put back the file from before the upgrade.`,
    );
  }

  #unreadable(cause: unknown): PinStoreError {
    return new PinStoreError(
      `${this.path} is no lock file of this version; no tool that it should approve is offered. Restore it, or remove it and approve the tools again.`,
      { cause },
    );
  }
}

/** @throws {TypeError} for anything that {@link LockFile.write} does not write */
function readEntry(value: unknown): Entry {
  if (!isMembers(value)) throw new TypeError('an upstream is not an object');
  const { tools, prompts } = value;
  if (tools === undefined && prompts === undefined) throw new TypeError('no tools and no prompts');
  return {
    ...(tools !== undefined && { tools: readPins(tools, readToolPin) }),
    ...(prompts !== undefined && { prompts: readPins(prompts, readPin) }),
  };
}

function readPins(value: unknown, read: (pin: unknown) => Pin): Pins {
  if (!isMembers(value)) throw new TypeError('a list is not an object');
  return Object.fromEntries(Object.entries(value).map(([name, pin]) => [name, read(pin)]));
}

function readPin(value: unknown): Pin {
  if (!isMembers(value) || typeof value['hash'] !== 'string') throw new TypeError('a pin has no hash');
  return value as unknown as Pin;
}

function readToolPin(value: unknown): Pin {
  const pin = readPin(value);
  if (!isMembers(pin.inputSchema) || !isMembers(pin.annotations)) throw new TypeError('a tool has no schema');
  return pin;
}

/** The lists that there are, with their items by name. */
function sorted(entry: Entry): Entry {
  const lists = Object.entries(entry).sort(byName).toReversed();
  return Object.fromEntries(lists.map(([list, pins]) => [list, Object.fromEntries(Object.entries(pins).sort(byName))]));
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
