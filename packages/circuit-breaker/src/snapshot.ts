import type { CircuitState } from './circuit-state.ts';
import type { CircuitBreakerSnapshot } from './saved-state.ts';
import type { StateMachine } from './state-machine.ts';

export function snapshotOf(machine: StateMachine): CircuitBreakerSnapshot {
  const state = machine.state();
  const { clock } = machine.settings;
  const { endsAt, window } = machine.epoch;
  const now = clock.monotonicMs();
  return {
    version: 1,
    name: machine.name,
    state,
    forced: machine.latch ?? null,
    savedAt: clock.epochMs(),
    remainingMs: endsAt === Infinity ? 0 : Math.max(0, endsAt - now),
    reopenings: machine.reopenings,
    streak: machine.streak,
    window: window?.save() ?? null,
  };
}

const STATES: ReadonlySet<unknown> = new Set(['closed', 'open', 'half_open']);

/** Brings a fresh machine to where the snapshot was. One that cannot be trusted leaves it closed, with a warning. */
export function restoreInto(machine: StateMachine, snapshot: unknown): void {
  let flaw = 'it is damaged';
  try {
    const saved = snapshot as CircuitBreakerSnapshot;
    flaw = flawOf(saved, machine);
    if (flaw === '') return machine.resume(saved, elapsedSince(saved, machine));
  } catch {
    // Not even the shape of a snapshot: the members could not be read.
  }
  machine.warn(`the snapshot was refused and the circuit starts closed: ${flaw}`);
}

function elapsedSince(saved: CircuitBreakerSnapshot, machine: StateMachine): number {
  return machine.settings.clock.epochMs() - saved.savedAt;
}

function flawOf(saved: CircuitBreakerSnapshot, machine: StateMachine): string {
  const { version, name, state, forced, savedAt, remainingMs, reopenings, streak } = saved;
  if (version !== 1) return 'it is of a version that this one does not know';
  if (name !== machine.name) return 'it is of another breaker';
  const amounts: unknown[] = [savedAt, remainingMs, reopenings];
  const sound =
    amounts.every((amount) => Number.isFinite(amount) && (amount as number) >= 0) &&
    Number.isInteger(reopenings) &&
    Number.isInteger(streak) &&
    STATES.has(state) &&
    (forced === null || (forced === state && state !== ('half_open' as CircuitState)));
  if (!sound) return 'it is damaged';
  const elapsedMs = elapsedSince(saved, machine);
  if (elapsedMs < 0) return 'it was written in the future';
  if (saved.window === null) return '';
  const { window } = machine.epoch;
  const fits = state === 'closed' && window?.load(saved.window, elapsedMs) === true;
  return fits ? '' : 'its window does not fit the options';
}
