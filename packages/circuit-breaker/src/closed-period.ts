import { createWindow } from './failure-window.ts';
import type { Settings } from './settings.ts';
import type { ClosedPeriod, StatePeriod } from './state.ts';

/** Records how the function of a call ended. */
export interface ResultRecorder {
  returned(period: StatePeriod, value: unknown): void;
  threw(period: StatePeriod, error: unknown): void;
}

/** A closed circuit that has not counted anything yet. Its calls need no permit unless their duration is measured. */
export function createClosedPeriod(settings: Settings, recorder: ResultRecorder): ClosedPeriod {
  const { window } = settings;
  const calls = window === undefined ? undefined : createWindow(window, settings.clock);
  if (window !== undefined && window.slowCallDurationMs !== Infinity) {
    return { state: 'closed', window: calls, onValue: undefined, onError: undefined };
  }
  const period: ClosedPeriod = {
    state: 'closed',
    window: calls,
    onValue: (value) => {
      recorder.returned(period, value);
      return value;
    },
    onError: (error) => {
      recorder.threw(period, error);
      throw error;
    },
  };
  return period;
}
