import { expect, test } from 'vitest';

import { prefersOpenMetrics } from './openmetrics-negotiation.ts';

test.each([
  'application/openmetrics-text',
  'application/openmetrics-text; version=1.0.0',
  'application/openmetrics-text,text/plain',
  'text/plain;q=0.5, Application/OpenMetrics-Text;q=0.6',
  // Prometheus 3.
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
])('OpenMetrics for %s', (accept) => {
  expect(prefersOpenMetrics(accept)).toBe(true);
});

test.each([
  undefined,
  '',
  '*/*',
  'text/plain',
  'text/html, application/*;q=0.9',
  'text/plain;version=0.0.4;q=0.9,application/openmetrics-text;version=1.0.0;q=0.1',
  'text/plain;version=0.0.4, application/openmetrics-text;q=0',
  'application/openmetrics-text;q=0',
  'application/openmetrics-text;q=0.000, */*',
  'application/openmetrics-text;q=high',
  'application/openmetrics-text;q=0.5, */*',
  'x-application/openmetrics-text',
])('the text format for %s', (accept) => {
  expect(prefersOpenMetrics(accept)).toBe(false);
});
