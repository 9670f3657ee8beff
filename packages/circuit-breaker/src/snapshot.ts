import type { FailureWindow } from './failure-window.ts';
import { ProbeSlots } from './probe-slots.ts';
import type { CircuitBreakerSnapshot } from './saved-state.ts';
import type { StateMachine } from './state-machine.ts';
import type { CircuitState, StatePeriod } from './state.ts';

export function snapshotOf(machine: StateMachine): CircuitBreakerSnapshot {
  const state = machine.state();
  const { period, settings } = machine;
  const { clock } = settings;
  const now = clock.monotonicMs();
  const ends = period.state === 'open' && period.endsAt !== Infinity;
  return {
    version: 1,
    name: machine.name,
    state,
    forced: machine.forced ?? null,
    savedAt: clock.epochMs(),
    remainingMs: ends ? Math.max(0, period.endsAt - now) : 0,
    reopenings: machine.reopenings,
    streak: machine.streak,
    window: windowOf(period)?.save() ?? null,
  };
}

const STATES: ReadonlySet<unknown> = new Set(['closed', 'open', 'half_open']);

/** Puts a new machine into the state of the snapshot. An invalid snapshot leaves it closed, with a warning. */
export function restoreInto(machine: StateMachine, snapshot: unknown): void {
  let problem = 'it is damaged';
  try {
    const saved = snapshot as CircuitBreakerSnapshot;
    problem = problemOf(saved, machine);
    if (problem === '') return resume(machine, saved);
  } catch {
    // Its members could not be read.
  }
  machine.warn(`the snapshot was rejected and the circuit starts closed: ${problem}`);
}

/** The window, if any, is loaded into the closed period while it is checked. */
function resume(machine: StateMachine, saved: CircuitBreakerSnapshot): void {
  const { clock, maxRecoveryTimeoutMs } = machine.settings;
  machine.forced = saved.forced ?? undefined;
  machine.streak = saved.streak;
  machine.reopenings = saved.reopenings;
  if (saved.state === 'half_open') machine.period = { state: 'half_open', probes: new ProbeSlots() };
  if (saved.state !== 'open') return;
  const leftMs = Math.min(maxRecoveryTimeoutMs, saved.remainingMs - elapsedSince(saved, machine));
  const endsAt = machine.forced === undefined ? clock.monotonicMs() + leftMs : Infinity;
  machine.period = { state: 'open', endsAt };
}

function windowOf(period: StatePeriod): FailureWindow | undefined {
  return period.state === 'closed' ? period.window : undefined;
}

function elapsedSince(saved: CircuitBreakerSnapshot, machine: StateMachine): number {
  return machine.settings.clock.epochMs() - saved.savedAt;
}

function problemOf(saved: CircuitBreakerSnapshot, machine: StateMachine): string {
  const { version, name, state, forced, savedAt, remainingMs, reopenings, streak } = saved;
  if (version !== 1) return 'it is of a version that this one does not know';
  if (name !== machine.name) return 'it is of another breaker';
  const amounts: unknown[] = [savedAt, remainingMs, reopenings];
  const valid =
    amounts.every((amount) => Number.isFinite(amount) && (amount as number) >= 0) &&
    Number.isInteger(reopenings) &&
    Number.isInteger(streak) &&
    STATES.has(state) &&
    (forced === null || (forced === state && state !== ('half_open' as CircuitState)));
  if (!valid) return 'it is damaged';
  const elapsedMs = elapsedSince(saved, machine);
  if (elapsedMs < 0) return 'it was written in the future';
  if (saved.window === null) return '';
  const window = windowOf(machine.period);
  const fits = state === 'closed' && window?.load(saved.window, elapsedMs) === true;
  return fits ? '' : 'its window does not fit the options';
}
