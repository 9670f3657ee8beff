import { text, type Field } from '@mcp/config';
import { TARGET_ENTRY_FORMS, allowedEntryProblem, targetEntryProblem } from '@mcp/tool-base';

/** An entry of `allowedTargets`, which may not be so wide that it allows the internet. */
export const allowedTarget: Field<string> = targetField(allowedEntryProblem);

/** An entry of `deniedTargets`, of any width. */
export const deniedTarget: Field<string> = targetField(targetEntryProblem);

function targetField(problemOf: (entry: string) => string | undefined): Field<string> {
  return text({
    doc: 'A target.',
    // An empty entry is refused by its grammar, with a reason.
    minLength: 0,
    maxLength: 253,
    expected: TARGET_ENTRY_FORMS,
    accepts: (entry) => problemOf(entry) === undefined,
    hint: problemOf,
  });
}
