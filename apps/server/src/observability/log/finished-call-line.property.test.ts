import * as fc from 'fast-check';
import { expect, test, vi } from 'vitest';

import { finishedFields, logFinishedCall } from './finished-call-line.ts';
import { loggerTo } from './logger.ts';

const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('ping', '"', '\\', '\u202e'));
const number = fc.oneof(fc.nat(), fc.double());

test.each(['json', 'pretty'] as const)('the line of a finished call is that of pino in the format %s', (format) => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const call = fc.record({
    correlationId: text,
    tool: text,
    caller: text,
    outcome: text,
    durationMs: number,
    queueMs: number,
    outputBytes: number,
    message: fc.option(text, { nil: undefined }),
  });
  fc.assert(
    fc.property(call, fc.constantFrom('info', 'warn'), fc.option(fc.nat()), (finished, level, worker) => {
      const lines: string[] = [];
      const logger = loggerTo(
        { level: 'info', format },
        { write: (line) => void lines.push(line) },
        worker === null ? null : { worker },
      );
      logger[level](finishedFields(finished), 'call.finished');
      logFinishedCall(logger, level, finished);
      expect(lines[1]).toBe(lines[0]);
    }),
  );
  vi.useRealTimers();
});

test('a level that is off writes nothing', () => {
  const lines: string[] = [];
  const logger = loggerTo({ level: 'warn', format: 'json' }, { write: (line) => void lines.push(line) });
  const call = {
    correlationId: 'c',
    tool: 't',
    caller: 'a',
    outcome: 'success',
    durationMs: 1,
    queueMs: 0,
    outputBytes: 0,
  };
  logFinishedCall(logger, 'info', call);
  expect(lines).toEqual([]);
});
