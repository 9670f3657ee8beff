import { isMembers } from '../connection/take-apart.ts';

/** As the servers of the official SDKs say it, which use 400 for a session that they do not have. */
const OF_A_SESSION = /session|initiali[sz]ed/i;

/**
 * Whether a response says that the server was never initialized, or no longer knows the session: it was started anew, perhaps with an
 * SDK of another era. An error without an id was made before the request was looked at, so nothing has run.
 */
export function wantsNewSession(statusCode: number, text: string): boolean {
  if (statusCode !== 400 && statusCode !== 404) return false;
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return false;
  }
  if (!isMembers(answer) || (answer['id'] !== null && answer['id'] !== undefined)) return false;
  const { error } = answer;
  return isMembers(error) && typeof error['message'] === 'string' && OF_A_SESSION.test(error['message']);
}
