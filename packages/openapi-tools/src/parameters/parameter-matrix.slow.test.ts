/**
 * Every cell of place, style, explode and type against swagger-client, with arbitrary values. Where this package writes something else
 * on purpose, the cell says from which form of swagger-client its own follows; the README lists these exceptions. What an empty value,
 * null and a nested value become is tested in serialize-value.test.ts.
 */
import * as fc from 'fast-check';
import SwaggerClient from 'swagger-client';
import { describe, expect, test } from 'vitest';

import { planOperation } from '../document/plan-operation.ts';
import { SchemaSet } from '../document/schema-set.ts';
import type { HttpMethod, PreparedRequest } from '../request/prepared-request.ts';
import type { Style } from './serialize-value.ts';

type Place = 'path' | 'query' | 'header' | 'cookie' | 'form';
type Type = 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object';

interface Cell {
  readonly place: Place;
  readonly style: Style;
  readonly explode: boolean;
  readonly allowReserved: boolean;
  readonly type: Type;
}

const STYLES: Readonly<Record<Place, readonly Style[]>> = {
  path: ['simple', 'label', 'matrix'],
  query: ['form', 'spaceDelimited', 'pipeDelimited', 'deepObject'],
  header: ['simple'],
  cookie: ['form'],
  form: ['form', 'spaceDelimited', 'pipeDelimited', 'deepObject'],
};
const TYPES: readonly Type[] = ['string', 'integer', 'number', 'boolean', 'array', 'object'];

const cells: Cell[] = Object.entries(STYLES).flatMap(([place, styles]) =>
  styles.flatMap((style) =>
    [true, false].flatMap((explode) =>
      (place === 'query' ? [false, true] : [false]).flatMap((allowReserved) =>
        TYPES.map((type) => ({ place: place as Place, style, explode, allowReserved, type })),
      ),
    ),
  ),
);

/**
 * Characters that mean something in a URL, and some that are not ASCII. With allowReserved those are left out that begin another
 * parameter, which serialize-value.test.ts tests, and the comma, which would look like that of a list.
 */
function charactersOf({ place, allowReserved }: Cell): readonly string[] {
  const reserved = Array.from("ab1-_~ %/?:@!$'()*;");
  if (allowReserved) return [...reserved, '.', 'ä', '😀'];
  return place === 'header'
    ? [...reserved, ',', '&', '=', '#']
    : [...reserved, ',', '&', '=', '#', '+', '[', ']', 'ä', '😀'];
}

function valuesOf(cell: Cell): fc.Arbitrary<unknown> {
  const anyText = fc.string({ unit: fc.constantFrom(...charactersOf(cell)), minLength: 1, maxLength: 12 });
  // Behind the dot of a label, spaces before a semicolon or the end would make a segment that servers take for a dot.
  const text = anyText.filter((value) => {
    if (cell.place === 'form') return !changesAsJson(value);
    return cell.style !== 'label' || !/^\s*(?:;|$)/u.test(value);
  });
  const number = fc.double({ noNaN: true, min: -1e9, max: 1e9 }).map((value) => (value === 0 ? 0 : value));
  const scalar = fc.oneof(text, fc.integer(), number, fc.boolean());
  const name = fc.constantFrom('k', 'm', 'long_name', 'n-1');
  switch (cell.type) {
    case 'string':
      return text;
    case 'integer':
      return fc.integer();
    case 'number':
      return number;
    case 'boolean':
      return fc.boolean();
    case 'array':
      return fc.array(scalar, { minLength: 1, maxLength: 4 });
    case 'object':
      return fc.dictionary(name, scalar, { minKeys: 1, maxKeys: 3, noNullPrototype: true });
  }
}

/** swagger-client reads a text in a form as JSON where it can, so that `1 ` becomes `1`. */
function changesAsJson(value: string): boolean {
  try {
    return String(JSON.parse(value)) !== value;
  } catch {
    return false;
  }
}

function documentOf({ place, style, explode, allowReserved, type }: Cell) {
  const path = place === 'path' ? '/p/{v}/q' : '/p';
  const parameter = {
    name: 'v',
    in: place,
    style,
    explode,
    schema: { type },
    ...(place === 'path' && { required: true }),
    ...(allowReserved && { allowReserved }),
  };
  const media = {
    schema: { type: 'object', properties: { v: { type } } },
    encoding: { v: { style, explode, contentType: 'text/plain' } },
  };
  const operation =
    place === 'form'
      ? { operationId: 'op', requestBody: { required: true, content: { 'application/x-www-form-urlencoded': media } } }
      : { operationId: 'op', parameters: [parameter] };
  const method: HttpMethod = place === 'form' ? 'POST' : 'GET';
  const document = {
    openapi: '3.0.4',
    servers: [{ url: 'http://h' }],
    paths: { [path]: { [method.toLowerCase()]: { ...operation, responses: {} } } },
  };
  return { document, operation, path, method };
}

/** What stands in the place of the value: path, query, header, cookie or body. */
function ours(cell: Cell, value: unknown): string {
  const { document, operation, path, method } = documentOf(cell);
  const parts = { document, schemas: new SchemaSet(document, '3.0'), security: new Set<string>(), tags: new Map() };
  const { prepare } = planOperation(parts, { path, method, pathItem: {}, operation }, 't');
  const request: PreparedRequest = prepare(cell.place === 'form' ? { body: { v: value } } : { v: value });
  if (cell.place === 'form') return String(request.body);
  if (cell.place === 'header') return request.headers['v'] ?? '';
  if (cell.place === 'cookie') return request.headers['cookie'] ?? '';
  return request.query === '' ? request.path : `${request.path}?${request.query}`;
}

function theirs(cell: Cell, value: unknown): string {
  const { document } = documentOf(cell);
  const given =
    cell.place === 'form'
      ? { requestBody: { v: value }, requestContentType: 'application/x-www-form-urlencoded' }
      : { parameters: { v: value } };
  const request = SwaggerClient.buildRequest({ spec: document, operationId: 'op', ...given });
  if (cell.place === 'form') return request.body ?? '';
  if (cell.place === 'header') return request.headers['v'] ?? '';
  if (cell.place === 'cookie') return request.headers['Cookie'] ?? '';
  return request.url.slice('http://h'.length);
}

/** What this package writes, from what swagger-client writes for this or another cell. */
function expected(cell: Cell, value: unknown): string {
  const { place, style, explode, type } = cell;
  const isList = type === 'array' || type === 'object';
  if (style === 'label' && !explode && isList) {
    return theirs({ ...cell, style: 'simple' }, value).replace('/p/', '/p/.');
  }
  const delimiter = style === 'spaceDelimited' ? '%20' : '|';
  if ((style === 'spaceDelimited' || style === 'pipeDelimited') && !explode && type === 'object') {
    const [name, list] = splitOnce(theirs({ ...cell, style: 'form' }, value), '=');
    return inForm(place, `${name}=${list.replaceAll(',', delimiter)}`);
  }
  if (style === 'deepObject' && explode && type === 'array') {
    return inForm(place, theirs(cell, value).replaceAll(/(?<=^|[?&])v=/g, 'v%5B%5D='));
  }
  if (cell.allowReserved && style === 'deepObject') {
    return theirs(cell, value).replaceAll('[', '%5B').replaceAll(']', '%5D');
  }
  if (place === 'cookie') {
    return theirs({ ...cell, place: 'query' }, value)
      .slice('/p?'.length)
      .replaceAll('&', '; ');
  }
  return inForm(place, theirs(cell, value));
}

function inForm(place: Place, text: string): string {
  return place === 'form' ? text.replaceAll('%20', '+') : text;
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + 1)];
}

describe('a value is written as swagger-client writes it', () => {
  test.each(cells)('in $place: $style, explode $explode, allowReserved $allowReserved, $type', (cell) => {
    fc.assert(
      fc.property(valuesOf(cell), (value) => {
        expect(ours(cell, value)).toBe(expected(cell, value));
      }),
      { numRuns: 30 },
    );
  });
});

/** Values that generators seldom make, without those that the README lists as exceptions. */
function edgesOf({ place, style, allowReserved, type }: Cell): readonly unknown[] {
  const isJson = style !== 'deepObject' && !allowReserved;
  const nested = !isJson ? [] : [{ a: [1, 2] }, { a: { b: 1 } }];
  const lists = !isJson ? [] : [[['x', 'y'], 'z'], [{ k: 1 }]];
  const names = place === 'path' || allowReserved ? [] : [{ 'a b': 'c d' }, { 'k[]': 'v' }];
  const spaced = place === 'header' ? ['a b'] : ['a b', 'é漢', '\t\n'];
  const values: Record<Type, readonly unknown[]> = {
    string: [...spaced, '%41', '%2F', '"', '<>', '{}', '\\', '^`|', '.x', 'x'.repeat(3000)],
    integer: [0, -1, Number.MAX_SAFE_INTEGER],
    number: [0.1, 1e-7, -2.5],
    boolean: [false],
    array: [['a b', 'c|d'], ['e'], [false, 0], Array.from({ length: 200 }, (_, at) => at), ...lists],
    object: [{ a: '%' }, { a: 0, b: false }, ...nested, ...names],
  };
  // swagger-client reads a text in a form as JSON where it can.
  return values[type].filter((value) => place !== 'form' || typeof value !== 'string' || !changesAsJson(value));
}

test.each(cells)(
  'edge cases are written alike in $place: $style, explode $explode, allowReserved $allowReserved, $type',
  (cell) => {
    for (const value of edgesOf(cell)) expect([value, ours(cell, value)]).toEqual([value, expected(cell, value)]);
  },
);
