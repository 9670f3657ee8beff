import type { ExecutionAnswer, FinishedCall } from '../../api/answers.ts';
import { element } from '../../dom/dom.ts';
import { outcomeKind, outcomeTones } from '../../state/outcome.ts';
import { bytes, clockTime, duration } from '../../text/format.ts';
import { definitionList } from '../elements/definition-list.ts';

/** What is known of a call; `entry` is what the audit log has of it. */
export function callDetails(call: FinishedCall, entry: ExecutionAnswer | undefined): HTMLElement {
  const { at, tool, outcome, durationMs, queueMs, outputBytes, caller, correlationId } = call;
  const kind = outcomeKind(outcome);
  const ran = kind !== 'rejected';
  return definitionList([
    ['Outcome', element('span', { class: 'pill', 'data-tone': outcomeTones[kind] }, outcome)],
    ['Message', entry?.message],
    ['Exit code', entry?.exitCode === undefined ? undefined : String(entry.exitCode)],
    ['Tool', tool],
    ['Caller', caller],
    ['API key', entry?.keyName],
    ['Client', entry?.client && `${entry.client.name} ${entry.client.version}`],
    ['Address', entry?.address],
    ['Ended', clockTime(at)],
    ['Waited', duration(queueMs)],
    ['Ran', ran ? duration(durationMs) : 'not at all'],
    ['Output', bytes(outputBytes)],
    ['Arguments', entry && argumentsOf(entry)],
    ['Correlation id', element('code', {}, correlationId)],
  ]);
}

/** The values where the audit log records them, else the kind and size of each. */
function argumentsOf({ argumentText, argumentShape }: ExecutionAnswer): HTMLElement {
  if (argumentText !== undefined) return element('code', {}, argumentText);
  const shapes = Object.entries(argumentShape).map(([name, shape]) => `${name}: ${shape}`);
  return element('code', {}, shapes.join('\n') || 'none');
}
