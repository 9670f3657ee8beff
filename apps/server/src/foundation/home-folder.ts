import { homedir } from 'node:os';

/**
 * The home folder of the user, or `/` where HOME is empty. A user id without an entry in the user database and without HOME, which some container
 * platforms choose at random, has none: `/` then, as container runtimes set it.
 */
export function homeFolder(find: () => string = homedir): string {
  try {
    return find() || '/';
  } catch {
    return '/';
  }
}
