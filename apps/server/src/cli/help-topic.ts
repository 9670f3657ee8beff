/** The commands that have a help text of their own. */
const HELP_TOPICS = ['call', 'client', 'keys', 'tools', 'upstreams'] as const;

export type HelpTopic = (typeof HELP_TOPICS)[number];

export function isHelpTopic(word: string | undefined): word is HelpTopic {
  return (HELP_TOPICS as readonly (string | undefined)[]).includes(word);
}
