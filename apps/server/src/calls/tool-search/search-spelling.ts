/** Misspelt words of a search: each becomes the known word that is nearest to it. */

import { termOf } from './search-terms.ts';

const MIN_LENGTH = 4;
/** From this length on, two mistakes are looked for. */
const LONG = 8;
/** Every word of the index may have to be compared. */
const MAX_CORRECTIONS = 4;
const FIRST_LETTER = 97;
const LETTERS = 26;

interface KnownWord {
  readonly word: string;
  /** A bit for each letter in it, by which most words are ruled out. */
  readonly letters: number;
}

export class Spelling {
  readonly #words = new Map<string, KnownWord>();
  readonly #terms = new Set<string>();

  /** @param word in lower case */
  add(word: string): void {
    if (this.#words.has(word)) return;
    this.#words.set(word, { word, letters: lettersOf(word) });
    this.#terms.add(termOf(word));
  }

  /** The words with the misspelt ones corrected; a word that is like none stays. */
  corrected(words: readonly string[]): string[] {
    let left = MAX_CORRECTIONS;
    return words.map((word) => {
      if (left === 0 || word.length < MIN_LENGTH || this.#isKnown(word)) return word;
      left -= 1;
      return this.#nearest(word) ?? word;
    });
  }

  #isKnown(word: string): boolean {
    if (this.#words.has(word) || this.#terms.has(termOf(word))) return true;
    for (const known of this.#words.keys()) if (known.startsWith(word)) return true;
    return false;
  }

  #nearest(word: string): string | undefined {
    const letters = lettersOf(word);
    let most = word.length >= LONG ? 2 : 1;
    let found: string | undefined;
    for (const known of this.#words.values()) {
      if (Math.abs(known.word.length - word.length) > most || known.word.length < MIN_LENGTH) continue;
      if (bitsOf(known.letters ^ letters) > 2 * most) continue;
      const distance = distanceOf(word, known.word);
      const isBetter =
        distance < most ||
        (distance === most && (found === undefined || (known.word[0] === word[0] && found[0] !== word[0])));
      if (distance > most || !isBetter) continue;
      [most, found] = [distance, known.word];
    }
    return found;
  }
}

function lettersOf(word: string): number {
  let letters = 0;
  for (let at = 0; at < word.length; at += 1) {
    const letter = word.charCodeAt(at) - FIRST_LETTER;
    if (letter >= 0 && letter < LETTERS) letters |= 1 << letter;
  }
  return letters;
}

function bitsOf(value: number): number {
  let count = 0;
  for (let left = value; left !== 0; left &= left - 1) count += 1;
  return count;
}

/** Letters that are missing, too many, others, or two that stand in each other's place: each is one mistake. */
function distanceOf(one: string, other: string): number {
  let before: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const same = one[i - 1] === other[j - 1];
      let least = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) {
        least = Math.min(least, before[j - 2]! + 1);
      }
      row.push(least);
    }
    [before, last] = [last, row];
  }
  return last[other.length]!;
}
