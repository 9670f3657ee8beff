import type { StreamMessage } from '../api/sse-parser.ts';
import { duration } from '../text/format.ts';
import { jobTone } from './job-list.ts';
import { outcomeKind, type Tone } from './outcome.ts';
/** One line of the list of events. */
export interface EventLine {
  readonly at: number;
  readonly topic: string;
  readonly tone: Tone;
  readonly text: string;
  /** There are so many calls that they are shown, and announced to screen readers, only on request. */
  readonly isCall: boolean;
}

/** The members of an event's JSON, not yet validated. */
export type EventFields = Readonly<Record<string, unknown>>;

/** @returns undefined for events that are not listed, such as types that a newer server may send */
export function eventLine({ type, data }: StreamMessage, now: number): EventLine | undefined {
  const fields = fieldsOf(data);
  const at = typeof fields['at'] === 'number' ? fields['at'] : now;
  const line = describe(type, fields);
  return line && { at, topic: type.split('.')[0] ?? type, isCall: type.startsWith('call.'), ...line };
}

/** @returns nothing where the data is not a JSON object */
export function fieldsOf(data: string): EventFields {
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === 'object' && value !== null ? (value as EventFields) : {};
  } catch {
    return {};
  }
}

function describe(type: string, fields: EventFields): { tone: Tone; text: string } | undefined {
  const text = (name: string): string => (typeof fields[name] === 'string' ? fields[name] : '?');
  const number = (name: string): number => (typeof fields[name] === 'number' ? fields[name] : Number.NaN);
  const list = (name: string): string => (Array.isArray(fields[name]) ? fields[name].map(String).join(', ') : '');
  switch (type) {
    case 'call.finished': {
      const kind = outcomeKind(text('outcome'));
      const tone = kind === 'succeeded' ? 'good' : kind === 'failed' ? 'bad' : 'warn';
      const took = kind === 'rejected' ? '' : ` in ${duration(number('durationMs'))}`;
      return { tone, text: `${text('tool')}: ${text('outcome')}${took}, called by ${text('caller')}` };
    }
    case 'breaker.changed': {
      const to = text('to');
      const tone = to === 'open' ? 'bad' : to === 'closed' ? 'good' : 'warn';
      return { tone, text: `${text('breaker')}: ${word(text('from'))} → ${word(to)} (${text('reason')})` };
    }
    case 'tool.changed': {
      const change = text('change');
      return {
        tone: change === 'disabled' || change === 'removed' ? 'warn' : 'neutral',
        text: `${text('tool')} ${change}`,
      };
    }
    case 'job.changed':
      return { tone: jobTone(text('state')), text: `${text('tool')}: ${text('state')}, called by ${text('caller')}` };
    case 'approval.requested':
      return { tone: 'warn', text: `a call of ${text('tool')} by ${text('caller')} waits for approval` };
    case 'approval.decided': {
      const tone = text('decision') === 'allowed' ? 'good' : 'warn';
      return { tone, text: `the call of ${text('tool')} by ${text('caller')}: ${text('decision')}` };
    }
    case 'health.changed': {
      const to = text('to');
      const tone = to === 'healthy' ? 'good' : to === 'degraded' ? 'warn' : 'bad';
      return { tone, text: `${text('from')} → ${to}` };
    }
    case 'config.reloaded': {
      const restart = list('restartRequired');
      const changes = list('changes') || 'nothing changed';
      const needs = restart === '' ? '' : `; needs a restart: ${restart}`;
      return { tone: restart === '' ? 'good' : 'warn', text: `reloaded: ${changes}${needs}` };
    }
    case 'config.rejected':
      return { tone: 'bad', text: `reload rejected, the running configuration stays: ${list('problems')}` };
    case 'stream.gap':
      return { tone: 'warn', text: 'events were missed; the history was loaded again from the audit log' };
    case 'stream.closed':
      return text('reason') === 'lifetime' ? undefined : { tone: 'warn', text: closedBecause(text('reason')) };
    default:
      return undefined;
  }
}

function closedBecause(reason: string): string {
  if (reason === 'shutdown') return 'the server is stopping';
  if (reason === 'credential') return 'the key in use was changed or revoked';
  if (reason === 'slow_reader') return 'this page read too slowly and was disconnected';
  return `the server ended the stream (${reason})`;
}

function word(state: string): string {
  return state === 'half_open' ? 'half-open' : state;
}
