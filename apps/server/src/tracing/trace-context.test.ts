import { describe, expect, it } from 'vitest';

import { parseTraceParent } from './trace-context.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';

describe('a traceparent header', () => {
  it('names trace, span and whether it is sampled', () => {
    expect(parseTraceParent(`00-${traceId}-${spanId}-01`)).toEqual({ traceId, spanId, sampled: true });
    expect(parseTraceParent(`00-${traceId}-${spanId}-00`)).toMatchObject({ sampled: false });
  });

  it('of a later version may have more members', () => {
    expect(parseTraceParent(`01-${traceId}-${spanId}-01-more`)).toMatchObject({ traceId });
  });

  it.each([
    ['nothing', undefined],
    ['a list', [`00-${traceId}-${spanId}-01`]],
    ['the forbidden version', `ff-${traceId}-${spanId}-01`],
    ['more members in version 00', `00-${traceId}-${spanId}-01-more`],
    ['a trace id of zeros', `00-${'0'.repeat(32)}-${spanId}-01`],
    ['a span id of zeros', `00-${traceId}-${'0'.repeat(16)}-01`],
    ['upper case', `00-${traceId.toUpperCase()}-${spanId}-01`],
    ['a short trace id', `00-${traceId.slice(1)}-${spanId}-01`],
    ['something endless', `00-${traceId}-${spanId}-01-${'x'.repeat(300)}`],
  ])('is taken as absent when it is %s', (_, header) => {
    expect(parseTraceParent(header)).toBeUndefined();
  });
});
