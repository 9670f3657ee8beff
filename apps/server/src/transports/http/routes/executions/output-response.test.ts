import { expect, test, vi } from 'vitest';

import type { Jobs } from '../../../../jobs/jobs.ts';
import type { JobRecord } from '../../../../jobs/record/job-record.ts';
import { followResponse, outputResponse } from './output-response.ts';

const job = { id: 'job', state: 'completed', fence: 1, updatedAt: 0 } as JobRecord;
const hello = { offset: 0, bytes: new TextEncoder().encode('hello'), text: 'hello', total: 10 };

function jobsWith(jobs: Partial<Record<'page' | 'bytes' | 'get', unknown>>): Jobs {
  return jobs as unknown as Jobs;
}

test('output that cannot be read to its end closes the connection, and has nothing but output', async () => {
  const abort = vi.fn();
  const bytes = vi.fn().mockResolvedValueOnce(hello.bytes).mockRejectedValueOnce(new Error('at /var/lib'));
  const jobs = jobsWith({ page: () => Promise.resolve(hello), bytes });
  const response = await outputResponse({ jobs, job, stream: 'stdout' }, undefined, abort);
  expect(response.headers.get('content-length')).toBe('10');
  expect(await response.text()).toBe('hello');
  expect(abort).toHaveBeenCalledOnce();
});

test('output that was read to its end leaves the connection open', async () => {
  const abort = vi.fn();
  const jobs = jobsWith({ page: () => Promise.resolve(hello), bytes: () => Promise.resolve(hello.bytes) });
  const response = await outputResponse({ jobs, job, stream: 'stdout' }, undefined, abort);
  expect(await response.text()).toBe('hellohello');
  expect(abort).not.toHaveBeenCalled();
});

test('followed output whose store does not answer ends without the event end, and gives its place back', async () => {
  const onEnd = vi.fn();
  const page = vi.fn().mockResolvedValueOnce(hello).mockRejectedValueOnce(new Error('at /var/lib'));
  const response = followResponse({ jobs: jobsWith({ page }), job, stream: 'stdout' }, 0, () => true, onEnd);
  expect(await response.text()).toBe('id: 5\nevent: output\ndata: {"offset":0,"text":"hello"}\n\n');
  expect(onEnd).toHaveBeenCalledOnce();
});

test('followed output ends with the state of its job, and gives its place back', async () => {
  const onEnd = vi.fn();
  const page = vi
    .fn()
    .mockResolvedValueOnce(hello)
    .mockResolvedValue({ ...hello, bytes: new Uint8Array() });
  const jobs = jobsWith({ page, get: () => Promise.resolve(job) });
  const response = followResponse({ jobs, job, stream: 'stdout' }, 0, () => true, onEnd);
  expect(response.headers.get('connection')).toBe('close');
  expect(await response.text()).toMatch(/event: end\ndata: \{"state":"completed"\}\n\n$/);
  expect(onEnd).toHaveBeenCalledOnce();
});
