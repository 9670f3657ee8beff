import type { Clock } from '../clock.ts';
import type { ConfigDefinition } from '../fields/definition.ts';
import type { Environment } from '../reading/secret-files.ts';
import type { FlagValue } from '../reading/layers.ts';
import type { PermissionCheck } from '../reading/file-permissions.ts';
import type { Subscriber } from './subscribers.ts';
import type { TextSource } from '../reading/text-source.ts';

export interface LoadOptions<T> {
  readonly definition: ConfigDefinition<T>;
  /** The configuration file, YAML or JSON; `~/` is the home folder. Without a file and a source there is no file layer. */
  readonly file?: string | undefined;
  /** Instead of `file`: a text from elsewhere, such as a {@link MemorySource} in tests. */
  readonly source?: TextSource | undefined;
  /** Plain values just above the defaults. */
  readonly values?: object | undefined;
  /** Variables, usually `process.env`. Read again at every reload. @default none */
  readonly env?: Environment | undefined;
  readonly flags?: readonly FlagValue[] | undefined;
  /** Subscribers that also check the first configuration; their vetoes are problems of the load. */
  readonly subscribers?: readonly Subscriber<T>[] | undefined;
  /**
   * Whether a file that every user may write to is rejected, or only reported with `notice`.
   * @default 'strict'
   */
  readonly permissions?: PermissionCheck | undefined;
  readonly clock?: Clock | undefined;
}
