import { text, type Field } from '@mcp/config';
import { TARGET_ENTRY_FORMS, allowedEntryProblem, parseTargetEntry, targetEntryProblem } from '@mcp/tool-base';

/** An entry of `allowedTargets`, which may not be so wide that it allows the internet. */
export const allowedTarget: Field<string> = targetField(allowedEntryProblem);

/** An entry of `deniedTargets`, of any width. */
export const deniedTarget: Field<string> = targetField(targetEntryProblem);

/** An address or network of a sandbox. A packet filter has no names. */
export const egressTarget: Field<string> = targetField(
  (entry) =>
    allowedEntryProblem(entry) ??
    ((parseTargetEntry(entry)?.networks.length ?? 0) > 0
      ? undefined
      : 'a packet filter has addresses alone: write those of the host'),
  'RFC1918, an address (10.0.0.5) or a network in canonical form (10.1.0.0/16)',
);

function targetField(problemOf: (entry: string) => string | undefined, expected = TARGET_ENTRY_FORMS): Field<string> {
  return text({
    doc: 'A target.',
    // An empty entry is refused by its grammar, with a reason.
    minLength: 0,
    maxLength: 253,
    expected,
    accepts: (entry) => problemOf(entry) === undefined,
    hint: problemOf,
  });
}
