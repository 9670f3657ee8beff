import type { Node, Place } from './node.ts';
import type { Origin } from '../describe/origin.ts';
import type { Problem } from '../describe/problems.ts';
import { sensitivePlaces } from './sensitive.ts';
import { lineStartsOf, positionAt, snippetAt } from './snippet.ts';

/** Where a layer comes from, and how its places are named and shown. */
export interface Source {
  originAt(place: Place | undefined): Origin;
  /** Marks a range that no snippet may show. */
  hide(place: Place | undefined): void;
  snippetAt(place: Place | undefined): string | undefined;
}

/** A broken rule, before its place has been turned into an origin and a snippet. */
export interface Issue {
  readonly rule: string;
  readonly path: readonly string[];
  readonly message: string;
  readonly expected?: string;
  readonly suggestion?: string;
  readonly source: Source;
  readonly place?: Place | undefined;
}

/**
 * Turns issues into problems. Call it after everything was read: only then is it known what a snippet must hide.
 */
export function problemsOf(issues: readonly Issue[]): Problem[] {
  return issues.map(({ source, place, rule, path, message, expected, suggestion }) => {
    const snippet = source.snippetAt(place);
    return {
      rule,
      path,
      message,
      origin: source.originAt(place),
      ...(expected === undefined ? {} : { expected }),
      ...(suggestion === undefined ? {} : { suggestion }),
      ...(snippet === undefined ? {} : { snippet }),
    };
  });
}

/** A source whose values have one origin and no text to quote: a variable, a flag, an object in memory, a default. */
export function plainSource(origin: Origin): Source {
  return { originAt: () => origin, hide: () => {}, snippetAt: () => undefined };
}

const SHOWN_UNPARSED = /^["']?(?:[\d.]{0,15}|true|false|null)["']?\s*$/;

/** The text of a configuration file. */
export class FileSource implements Source {
  readonly #file: string;
  readonly #text: string;
  readonly #publicKeys: ReadonlySet<string>;
  readonly #hidden: Place[] = [];
  /** Undefined while the text is unparsed. */
  #root: Node | undefined;
  /** Places of all keys and values: outside of them, a `#` starts a comment and a `&` the name of an anchor. */
  #tokens: readonly Place[] | undefined;
  #lineStarts: readonly number[] | undefined;

  /** `publicKeys` are keys whose values may be shown even where the text cannot be parsed. */
  constructor(file: string, text: string, publicKeys: ReadonlySet<string>) {
    this.#file = file;
    this.#text = text;
    this.#publicKeys = publicKeys;
  }

  /** Sets the parsed form of the text, so that snippets can show values and leave out comments. */
  parsed(root: Node): void {
    this.#root = root;
  }

  originAt(place: Place | undefined): Origin {
    const position = place === undefined ? { line: 1, column: 1 } : positionAt(this.#lines(), place.start);
    return { source: 'file', file: this.#file, ...position };
  }

  hide(place: Place | undefined): void {
    if (place !== undefined) this.#hidden.push(place);
  }

  snippetAt(place: Place | undefined): string | undefined {
    if (place === undefined || this.#text.trim() === '') return undefined;
    if (this.#root === undefined) {
      return place.start === 0 && place.end === 0 ? undefined : this.#unparsedSnippet(place);
    }
    if (this.#tokens === undefined) {
      this.#tokens = tokensOf(this.#root);
      this.#hidden.push(...sensitivePlaces(this.#root), ...this.#anchors());
    }
    return snippetAt(this.#text, this.#lines(), place.start, this.#hidden, (start, end) => {
      for (let at = this.#text.indexOf('#', start); at !== -1 && at < end; at = this.#text.indexOf('#', at + 1)) {
        if (!this.#isInToken(at)) return at;
      }
      return end;
    });
  }

  /** Names of anchors: a secret that begins with `&` is read as one. */
  #anchors(): Place[] {
    const found = Array.from(this.#text.matchAll(/&[^\s,[\]{}]+/g));
    return found
      .filter(({ index }) => !this.#isInToken(index))
      .map(({ index, 0: { length } }) => ({ start: index, end: index + length }));
  }

  #isInToken(offset: number): boolean {
    return this.#tokens?.some(({ start, end }) => start <= offset && offset < end) ?? false;
  }

  /**
   * Where a text cannot be parsed, it is unknown which words are values. A line shows its key, and its value only where the
   * key never holds a secret, nothing else can be on the line, and the value is a number, an address or a switch: the line
   * may itself be a part of a secret of several lines.
   */
  #unparsedSnippet(place: Place): string {
    const starts = this.#lines();
    const hidden: Place[] = [];
    const { line } = positionAt(starts, place.start);
    for (const number of [line - 1, line]) {
      const start = starts[number - 1];
      if (start === undefined) continue;
      const content = this.#text.slice(start, starts[number] ?? this.#text.length).replace(/\r?\n$/, '');
      const shown = this.#shownLength(content);
      if (shown < content.length) hidden.push({ start: start + shown, end: start + content.length });
    }
    return snippetAt(this.#text, starts, place.start, hidden, (_, end) => end);
  }

  #shownLength(line: string): number {
    const [, head = '', key = '', rest = ''] =
      /^(\s*(?:-\s+)*["']?([A-Za-z0-9_.-]{1,64})["']?\s*:(?=[\s"'[{]|$)\s*)(.*)$/.exec(line) ?? [];
    if (/^(?:---|\.\.\.)\s*$/.test(line)) return line.length;
    if (head === '') return /^\s*/.exec(line)?.[0].length ?? 0;
    return this.#publicKeys.has(key) && SHOWN_UNPARSED.test(rest) ? line.length : head.length;
  }

  #lines(): readonly number[] {
    this.#lineStarts ??= lineStartsOf(this.#text);
    return this.#lineStarts;
  }
}

function tokensOf(node: Node): Place[] {
  if (node.kind === 'scalar') return node.place === undefined ? [] : [node.place];
  if (node.kind === 'list') return node.items.flatMap(tokensOf);
  return node.entries.flatMap((entry) => [
    ...(entry.keyPlace === undefined ? [] : [entry.keyPlace]),
    ...tokensOf(entry.node),
  ]);
}
