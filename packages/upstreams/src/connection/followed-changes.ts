/** What the upstream is asked to report, and who hears it. */
export interface FollowedChanges {
  /** Whether its list of prompts is of interest, as that of tools is. */
  readonly prompts: boolean;
  readonly resources: boolean;
  /** Resources whose changes are of interest now. */
  readonly resourceUris: () => readonly string[];
  /** A list may have changed. */
  readonly onListChanged: () => void;
  readonly onResourceUpdated: (uri: string) => void;
}
