import { expect, test, vi } from 'vitest';

import { loggerTo } from '../observability/log/logger.ts';
import { exitOnDefects } from './exit-on-defects.ts';

test('of a defect its type, message and stack are logged and no property, whatever was thrown', () => {
  const handlers: ((error: unknown) => void)[] = [];
  vi.spyOn(process, 'on').mockImplementation((_, handler) => {
    handlers.push(handler as (error: unknown) => void);
    return process;
  });
  const exit = vi.spyOn(process, 'exit').mockReturnValue(undefined as never);
  const lines: string[] = [];
  exitOnDefects(loggerTo({ level: 'info', format: 'json' }, { write: (line) => void lines.push(line) }));
  const getPrototypeOf = (): never => {
    throw new Error('s3cret');
  };
  for (const thrown of [
    Object.assign(new Error('no'), { response: 's3cret' }),
    { message: 'no', response: 's3cret' },
    new Proxy({}, { getPrototypeOf }),
  ]) {
    for (const handle of handlers) handle(thrown);
  }
  expect(exit.mock.calls).toEqual(Array.from({ length: 6 }, () => [70]));
  expect(lines).toHaveLength(6);
  expect(lines.join('')).toContain('"message":"no"');
  expect(lines.join('')).not.toContain('s3cret');
});
