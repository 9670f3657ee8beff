import { describe, expect, test, vi } from 'vitest';

import { followTask, isTask, type CallTask } from './follow-task.ts';

const working: CallTask = { taskId: 'T', status: 'working', statusMessage: '50% half', pollIntervalMs: 1 };
const result = { content: [{ type: 'text', text: 'done' }] };

function followed(later: readonly Partial<CallTask>[], signal = new AbortController().signal) {
  const asked: string[] = [];
  const onProgress = vi.fn<(progress: { message?: string }) => void>();
  const following = followTask(
    async (method) => {
      asked.push(method);
      return { ...working, ...later[asked.length - 1] };
    },
    working,
    { onProgress, signal },
  );
  return { asked, onProgress, following };
}

test('an answer is a task where it says so', () => {
  expect([isTask({ resultType: 'task' }), isTask({ resultType: 'complete' }), isTask(undefined)]).toEqual([
    true,
    false,
    false,
  ]);
});

describe('a call that became a job', () => {
  test('is followed to its result, and its last line is shown', async () => {
    const { asked, onProgress, following } = followed([{}, { status: 'completed', result }]);
    expect(await following).toEqual(result);
    expect(asked).toEqual(['tasks/get', 'tasks/get']);
    expect(onProgress.mock.calls.map(([{ message }]) => message)).toEqual(['50% half', '50% half']);
  });

  test.each([
    ['failed', { error: { message: 'The server is gone.' } }, 'Execution T is failed. The server is gone.'],
    ['cancelled', { statusMessage: '' }, 'Execution T is cancelled. '],
  ])('that has %s is an error with its id', async (status, more, text) => {
    const { following } = followed([{ status, ...more }]);
    expect(await following).toEqual({ content: [{ type: 'text', text }], isError: true });
  });

  test('is cancelled by an interrupt', async () => {
    const interrupt = new AbortController();
    const { asked, following } = followed([{}], interrupt.signal);
    interrupt.abort(new Error('interrupted'));
    await expect(following).rejects.toThrow('interrupted');
    expect(asked).toEqual(['tasks/cancel']);
  });
});
