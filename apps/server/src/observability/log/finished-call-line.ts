import { symbols, type DestinationStream } from 'pino';

import type { ServerEventData } from '../events/server-events.ts';
import { isoTime } from './iso-time.ts';
import type { Logger } from './logger.ts';

/** The event, and what the event does not have because more people may read it. */
export interface FinishedCall extends Readonly<ServerEventData['call.finished']> {
  /** Why it failed, without the values of its arguments. */
  readonly message?: string | undefined;
}

/** Outcomes logged at `info`: none of them is a failure of the tool or of the server. */
const EXPECTED_OUTCOMES: ReadonlySet<string> = new Set(['success', 'cancelled', 'input_required']);

export function levelOf({ outcome }: FinishedCall): 'info' | 'warn' {
  return EXPECTED_OUTCOMES.has(outcome) ? 'info' : 'warn';
}

/**
 * The fields of the line, in its order. Named `client`: pino-pretty prints a field `caller` as the place in the code that logged
 * the line. @internal
 */
export function finishedFields(call: FinishedCall): object {
  const { correlationId, tool, caller, outcome, durationMs, queueMs, outputBytes, message } = call;
  const fields = { correlationId, tool, client: caller, outcome, durationMs, queueMs, outputBytes };
  return message === undefined ? fields : { ...fields, message };
}

/**
 * Logs a finished call as `logger[level](finishedFields(call), 'call.finished')` does, byte for byte (a half character aside, which JSON escapes). Every call has this line, and
 * pino's general way through any fields costs several times as much. None of the fields can hold a secret or an error.
 */
export function logFinishedCall(logger: Logger, level: 'info' | 'warn', call: FinishedCall): void {
  if (!logger.isLevelEnabled(level)) return;
  const { stream, bindings } = partsOf(logger);
  if (stream === undefined) return logger[level](finishedFields(call), 'call.finished');
  const { correlationId, tool, caller, outcome, durationMs, queueMs, outputBytes, message } = call;
  const reason = message === undefined ? '' : `,"message":${text(message)}`;
  stream.write(
    `{"level":"${level}"${isoTime()}${bindings},"correlationId":${text(correlationId)},"tool":${text(tool)}` +
      `,"client":${text(caller)},"outcome":${text(outcome)},"durationMs":${number(durationMs)}` +
      `,"queueMs":${number(queueMs)},"outputBytes":${number(outputBytes)}${reason},"msg":"call.finished"}\n`,
  );
}

/** Where pino writes, and what it writes into every line, as JSON members that begin with a comma. */
function partsOf(logger: Logger): { stream: DestinationStream | undefined; bindings: string } {
  const { [symbols.streamSym]: stream, [symbols.chindingsSym]: bindings } = logger as unknown as Record<
    symbol,
    unknown
  >;
  return { stream: stream as DestinationStream | undefined, bindings: typeof bindings === 'string' ? bindings : '' };
}

/** Printable ASCII that JSON writes as it is. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

function text(value: string): string {
  return PLAIN.test(value) ? `"${value}"` : JSON.stringify(value);
}

function number(value: number): string {
  return Number.isFinite(value) ? String(value) : 'null';
}
