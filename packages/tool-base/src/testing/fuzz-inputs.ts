/** Call arguments that a hostile or confused caller might send, made from a tool's JSON Schema; the same seed gives the same. */

import type { JsonSchema } from '../declare/json-schema.ts';

/** Strings that have broken tools before: options, shells, other targets, other encodings, control characters. */
const HOSTILE_STRINGS: readonly string[] = [
  '',
  ' ',
  '-',
  '--',
  '-h',
  '--help',
  '-oProxyCommand=id',
  '--output=/tmp/x',
  '+short',
  '@/etc/passwd',
  '; id',
  '$(id)',
  '`id`',
  '| id',
  '&& id',
  "' or 1=1 --",
  '../../etc/passwd',
  '/etc/passwd',
  'file:///etc/passwd',
  'http://10.0.0.5@evil.example/',
  'http://evil.example#.lab.internal',
  '10.0.0.1; id',
  '10.0.0.1\n8.8.8.8',
  '010.0.0.1',
  '127.0.0.1',
  '169.254.169.254',
  '8.8.8.8',
  '::1',
  '::ffff:10.0.0.1',
  '0.0.0.0/0',
  'localhost',
  'evil.example',
  '-x.lab.internal',
  'a\u0000b',
  'a\u001b[2Jb',
  '\u202eabc',
  '\u{e0041}',
  '\ud800',
  '\uff11\uff10.0.0.1',
  '%00',
  '__proto__',
  'constructor',
  'a'.repeat(5000),
];
const HOSTILE_VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e21,
  2 ** 53,
  -0,
  [],
  ['a'],
  {},
  { a: 1 },
  '1',
  '1e3',
];
const GOOD_STRINGS: readonly string[] = [
  '10.0.0.5',
  'web.lab.internal',
  'http://10.0.0.5/',
  '10.1.0.0/24',
  'abc',
  'A',
  '1',
];

/** Numbers from 0 to below 1 that a seed repeats: Marsaglia's 32-bit xorshift. */
function seededRandom(seed: number): () => number {
  let state = (seed ^ 0x5f3759df) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

export class InputGenerator {
  readonly #properties: Readonly<Record<string, JsonSchema>>;
  readonly #random: () => number;

  constructor(schema: JsonSchema, seed: number) {
    this.#properties = (schema['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>;
    this.#random = seededRandom(seed);
  }

  /** Mostly an object with the tool's argument names, half of the values hostile; now and then something else altogether. */
  next(): unknown {
    if (this.#random() < 0.03) return this.#pick(HOSTILE_VALUES);
    if (this.#random() < 0.02) return JSON.parse('{"__proto__":{"polluted":true}}');
    const given: Record<string, unknown> = {};
    for (const [name, schema] of Object.entries(this.#properties)) {
      const dice = this.#random();
      if (dice < 0.5) given[name] = this.#fitting(schema);
      else if (dice < 0.75) given[name] = this.#pick(HOSTILE_STRINGS);
      else if (dice < 0.9) given[name] = this.#pick(HOSTILE_VALUES);
    }
    if (this.#random() < 0.05) given[this.#pick(HOSTILE_STRINGS)] = 'x';
    return given;
  }

  #fitting(schema: JsonSchema): unknown {
    const { type, minimum, maximum, enum: values } = schema;
    if (Array.isArray(values)) return this.#pick(values);
    if (type === 'boolean') return this.#random() < 0.5;
    if (type === 'integer' || type === 'number') {
      const low = typeof minimum === 'number' ? minimum : 0;
      const high = typeof maximum === 'number' ? maximum : low + 10;
      return type === 'integer' ? low + Math.floor(this.#random() * (high - low + 1)) : low;
    }
    return 'default' in schema ? schema['default'] : this.#pick(GOOD_STRINGS);
  }

  #pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.#random() * list.length)] as T;
  }
}
