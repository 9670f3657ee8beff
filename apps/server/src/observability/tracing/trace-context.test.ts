import { describe, expect, test } from 'vitest';

import { parseTraceParent } from './trace-context.ts';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN_ID = '00f067aa0ba902b7';

describe('a traceparent header', () => {
  test('names trace, span and whether it is sampled', () => {
    expect(parseTraceParent(`00-${TRACE_ID}-${SPAN_ID}-01`)).toEqual({
      traceId: TRACE_ID,
      spanId: SPAN_ID,
      sampled: true,
    });
    expect(parseTraceParent(`00-${TRACE_ID}-${SPAN_ID}-00`)).toMatchObject({ sampled: false });
  });

  test('of a later version may have more members', () => {
    expect(parseTraceParent(`01-${TRACE_ID}-${SPAN_ID}-01-more`)).toMatchObject({ traceId: TRACE_ID });
  });

  test.each([
    ['nothing', undefined],
    ['a list', [`00-${TRACE_ID}-${SPAN_ID}-01`]],
    ['the forbidden version', `ff-${TRACE_ID}-${SPAN_ID}-01`],
    ['more members in version 00', `00-${TRACE_ID}-${SPAN_ID}-01-more`],
    ['a trace id of zeros', `00-${'0'.repeat(32)}-${SPAN_ID}-01`],
    ['a span id of zeros', `00-${TRACE_ID}-${'0'.repeat(16)}-01`],
    ['upper case', `00-${TRACE_ID.toUpperCase()}-${SPAN_ID}-01`],
    ['a short trace id', `00-${TRACE_ID.slice(1)}-${SPAN_ID}-01`],
    ['something endless', `00-${TRACE_ID}-${SPAN_ID}-01-${'x'.repeat(300)}`],
  ])('is taken as absent when it is %s', (_, header) => {
    expect(parseTraceParent(header)).toBeUndefined();
  });
});

describe('a tracestate header', () => {
  const stateOf = (state: unknown, parent: unknown = `00-${TRACE_ID}-${SPAN_ID}-01`): string | undefined =>
    parseTraceParent(parent, state)?.state;
  const members = (count: number): string => Array.from({ length: count }, (_, i) => `k${i}=v`).join(',');

  test.each([
    ['one member', 'congo=t61rcWkgMzE', 'congo=t61rcWkgMzE'],
    ['several, in their order', 'rojo=00f067aa0ba902b7,congo=t61', 'rojo=00f067aa0ba902b7,congo=t61'],
    ['a tenant of a system', 'fw529a3039@dt=FfAB;x:1', 'fw529a3039@dt=FfAB;x:1'],
    ['space around members and members that are empty', ' a=1 ,\t, b=2,', 'a=1,b=2'],
    ['32 members', members(32), members(32)],
  ])('is passed on with %s', (_, given, passed) => {
    expect(stateOf(given)).toBe(passed);
  });

  test.each([
    ['33 members', members(33)],
    ['the same key twice', 'a=1,a=2'],
    ['no value', 'a='],
    ['a value with an equals sign', 'a=b=c'],
    ['an upper-case key', 'A=1'],
    ['a line break', 'a=1\r\nx-evil: 1'],
    ['characters beyond ASCII', 'a=ä'],
    ['more than 512 characters', `a=${'x'.repeat(255)},b=${'x'.repeat(255)},c=1`],
    ['nothing', ''],
    ['only commas', ' , ,'],
    ['a list for a text', ['a=1']],
  ])('is left out, and the trace is not, with %s', (_, given) => {
    expect(parseTraceParent(`00-${TRACE_ID}-${SPAN_ID}-01`, given)).toEqual({
      traceId: TRACE_ID,
      spanId: SPAN_ID,
      sampled: true,
    });
  });

  test('means nothing without a traceparent', () => {
    expect(parseTraceParent(undefined, 'a=1')).toBeUndefined();
  });
});
