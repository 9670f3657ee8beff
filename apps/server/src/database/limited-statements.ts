import type { PoolClient, QueryResult } from 'pg';

type Done = (error: Error | null | undefined, result?: QueryResult) => void;
/** One that writes its own messages. */
interface OwnQuery {
  callback: Done;
}
type Run = (statement: string | OwnQuery, values?: readonly unknown[], done?: Done) => unknown;

/**
 * Ends each statement of the client in time, as seen from here, with an error; the connection is not to be used again. `pg` can do the
 * same (`query_timeout`), and makes promises too, but with either of them its results survive the collections of young objects: who
 * reads 100 MiB in pages then holds 200 MiB until the next full one.
 */
export function limitStatements(client: PoolClient, timeoutMs: number): void {
  const run = client.query.bind(client) as Run;
  const limited = (done: Done): Done => {
    const timer = setTimeout(done, timeoutMs, new Error('PostgreSQL did not answer a statement in time.'));
    return (error, result) => {
      clearTimeout(timer);
      done(error, result);
    };
  };
  const query = (statement: string | OwnQuery, values: readonly unknown[] = []): unknown => {
    if (typeof statement !== 'string') {
      statement.callback = limited(statement.callback);
      return run(statement);
    }
    const { promise, resolve, reject } = Promise.withResolvers<QueryResult | undefined>();
    run(
      statement,
      values,
      limited((error, result) => (error ? reject(error) : resolve(result))),
    );
    return promise;
  };
  Object.assign(client, { query });
}
