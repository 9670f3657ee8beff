/** The commands that have a help text of their own. */
const HELP_TOPICS = ['call', 'tools', 'keys', 'client', 'upstreams'] as const;

/** In the order of the overview. */
export const COMMANDS: readonly string[] = [...HELP_TOPICS, 'init', 'apis', 'doctor', 'systemd'];

export type HelpTopic = (typeof HELP_TOPICS)[number];

export function isHelpTopic(word: string | undefined): word is HelpTopic {
  return (HELP_TOPICS as readonly (string | undefined)[]).includes(word);
}
