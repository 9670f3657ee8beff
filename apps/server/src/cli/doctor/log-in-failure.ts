import { PostgresConnections } from '../../database/postgres-connections.ts';

const LOG_IN_TIMEOUT_MS = 3000;

/** What the codes of PostgreSQL and of the network mean for an operator. The texts of both can hold names and addresses. */
const REASONS: Readonly<Record<string, string>> = {
  '28P01': 'it refuses user or password',
  '28000': 'it refuses the user, or a connection from here',
  '3D000': 'the database does not exist',
  '53300': 'it has too many connections',
  '57P03': 'it is starting or stopping',
  ECONNREFUSED: 'nothing listens on its host and port',
  ENOENT: 'its socket does not exist',
  ENOTFOUND: 'its host name has no address',
  EAI_AGAIN: 'its host name cannot be resolved now',
};

/** Why a log-in at PostgreSQL fails, in words without a secret, else `undefined`. */
export async function logInFailure(url: string): Promise<string | undefined> {
  const connections = new PostgresConnections({ url, poolSize: 1, maxOverflow: 0, poolTimeoutMs: LOG_IN_TIMEOUT_MS });
  try {
    await connections.use((client) => client.query('SELECT 1'));
    return undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (Object.hasOwn(REASONS, code)) return REASONS[code];
    return code === '' ? 'it does not answer' : `the error code is ${code}`;
  } finally {
    await connections.close();
  }
}
