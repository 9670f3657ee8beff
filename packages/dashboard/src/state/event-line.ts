import type { StreamMessage } from '../api/sse-parser.ts';
import { duration } from '../text/format.ts';
import { outcomeKind } from './outcome.ts';

export type Tone = 'good' | 'warn' | 'bad' | 'neutral';

/** One line of the list of events. */
export interface EventLine {
  readonly at: number;
  readonly topic: string;
  readonly tone: Tone;
  readonly text: string;
  /** Calls come in such numbers that they are shown, and read out, only on request. */
  readonly isCall: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

/** @returns undefined for what is not worth a line, such as types that a newer server may send */
export function eventLine({ type, data }: StreamMessage, now: number): EventLine | undefined {
  const fields = fieldsOf(data);
  const at = typeof fields['at'] === 'number' ? fields['at'] : now;
  const line = describe(type, fields);
  return line && { at, topic: type.split('.')[0] ?? type, isCall: type.startsWith('call.'), ...line };
}

/** The members of an event's JSON; none if it is something else. */
export function fieldsOf(data: string): Fields {
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === 'object' && value !== null ? (value as Fields) : {};
  } catch {
    return {};
  }
}

function describe(type: string, fields: Fields): { tone: Tone; text: string } | undefined {
  const text = (name: string): string => (typeof fields[name] === 'string' ? fields[name] : '?');
  const number = (name: string): number => (typeof fields[name] === 'number' ? fields[name] : Number.NaN);
  const list = (name: string): string => (Array.isArray(fields[name]) ? fields[name].map(String).join(', ') : '');
  switch (type) {
    case 'call.finished': {
      const kind = outcomeKind(text('outcome'));
      const tone = kind === 'succeeded' ? 'good' : kind === 'failed' ? 'bad' : 'warn';
      const took = kind === 'refused' ? '' : ` in ${duration(number('durationMs'))}`;
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
      return { tone: 'bad', text: `reload refused, the old one stays: ${list('problems')}` };
    case 'stream.gap':
      return { tone: 'warn', text: 'events were missed; history was read again from the audit trail' };
    case 'stream.closed':
      return text('reason') === 'lifetime' ? undefined : { tone: 'warn', text: closedBecause(text('reason')) };
    default:
      return undefined;
  }
}

function closedBecause(reason: string): string {
  if (reason === 'shutdown') return 'the server is stopping';
  if (reason === 'credential') return 'the key in use was changed or withdrawn';
  if (reason === 'slow_reader') return 'this page read too slowly and was dropped';
  return `the server ended the stream (${reason})`;
}

function word(state: string): string {
  return state === 'half_open' ? 'half-open' : state;
}
