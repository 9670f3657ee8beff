import { ToolError } from '@mcp/tool-base';
import { ResourceNotFoundError } from '@modelcontextprotocol/server';
import { expect, test } from 'vitest';

import { InvalidParamsError } from '../../../../catalog/invalid-params-error.ts';
import { RequestFailedError } from '../../../../catalog/request-failed-error.ts';
import { StoreUnavailableError } from '../../../../jobs/store-failures.ts';
import { withClientErrors } from './client-error.ts';

/** What the client gets of a thrown value, and what the operator gets. */
async function outcomeOf(thrown: unknown): Promise<{ error: Error; logged: Error[] }> {
  const logged: Error[] = [];
  const handle = (): never => {
    // oxlint-disable-next-line only-throw-error -- modules throw anything
    throw thrown;
  };
  const error = await withClientErrors((failure) => logged.push(failure), handle).catch(
    (caught: unknown) => caught as Error,
  );
  return { error, logged };
}

test.each([
  Object.assign(new Error('ENOENT: /srv/secret.pem'), { code: 'ENOENT', path: '/srv/secret.pem' }),
  new TypeError('body is not iterable'),
  'token s3cret',
  undefined,
])('the client gets nothing of %s but an id, with which the operator finds it', async (thrown) => {
  const { error, logged } = await outcomeOf(thrown);
  expect(error).toBeInstanceOf(RequestFailedError);
  expect(JSON.stringify([error, error.message])).not.toMatch(/secret|s3cret|iterable|ENOENT/);
  const id = /Correlation id: ([0-9a-f-]{36})\.$/.exec(error.message)?.[1];
  expect(logged).toMatchObject([{ message: expect.stringContaining(String(id)), cause: thrown }]);
});

test.each([new ResourceNotFoundError('notes://gone'), new InvalidParamsError('a'), new RequestFailedError('b')])(
  'an error of the protocol passes: %s',
  async (thrown) => {
    expect(await outcomeOf(thrown)).toEqual({ error: thrown, logged: [] });
  },
);

test('nor does what throws where it is looked at reach the client', async () => {
  const getPrototypeOf = (): never => {
    throw new Error('s3cret');
  };
  const { error, logged } = await outcomeOf(new Proxy(new Error('s3cret'), { getPrototypeOf }));
  expect(error).toBeInstanceOf(RequestFailedError);
  expect(error.message).toMatch(/^The request failed with an unexpected error\./);
  expect(logged).toHaveLength(1);
});

test('a ToolError is meant for the client, but for its cause, which the operator gets', async () => {
  const { error, logged } = await outcomeOf(
    new ToolError('unavailable', 'The ledger is closed', { suggestion: 'Ask at nine.', cause: 's3cret' }),
  );
  expect([error.message, error.cause]).toEqual(['unavailable: The ledger is closed. Ask at nine.', undefined]);
  expect(logged).toMatchObject([{ cause: 's3cret' }]);
});

test('the store of jobs is named without why it does not answer', async () => {
  const { error } = await outcomeOf(new StoreUnavailableError(new Error('db-7 refused')));
  expect(error.message).toBe('The store of jobs does not answer. Try again in a few seconds.');
  expect(error.cause).toBeUndefined();
});
