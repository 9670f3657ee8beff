import { expect, test, vi } from 'vitest';

import { READ_STEP } from './frames.ts';
import { HelperProcess } from './helper-process.ts';

test('the helper reports in steps how much a program has read, not for each line', async () => {
  const reported: number[] = [];
  let received = 0;
  const over = Promise.withResolvers<void>();
  const helper = await HelperProcess.start({
    onOutput: (_run, _stream, bytes) => {
      received += bytes.length;
    },
    onStdinRead: (_run, bytes) => reported.push(bytes),
    onEnd: () => over.resolve(),
    onLost: (reason) => over.reject(new Error(reason)),
  });
  const spec = { program: '/bin/cat', args: [], maxOutputBytes: Number.MAX_SAFE_INTEGER, graceMs: 100 };
  helper.start(1, spec, true);
  for (let line = 0; line < 100; line += 1) helper.write(1, Buffer.from('line\n'));
  await vi.waitFor(() => expect(received).toBe(500));
  expect(reported).toEqual([]);
  helper.write(1, Buffer.alloc(READ_STEP, '\n'));
  await vi.waitFor(() => expect(reported).toEqual([READ_STEP + 500]));
  helper.endStdin(1);
  await over.promise;
  await helper.close();
});
