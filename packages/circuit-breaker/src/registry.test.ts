import { describe, expect, test, vi } from 'vitest';
import { ManualClock } from './test-support/manual-clock.ts';
import { failTimes, ok } from './test-support/rig.ts';
import { CircuitBreakerRegistry, type CircuitBreakerRegistryOptions } from './index.ts';

function setUpRegistry(options: CircuitBreakerRegistryOptions = {}): {
  registry: CircuitBreakerRegistry;
  clock: ManualClock;
  received: string[];
} {
  const clock = new ManualClock();
  const registry = new CircuitBreakerRegistry({
    maxBreakers: 3,
    ...options,
    defaults: { clock, jitter: 0, ...options.defaults },
  });
  const received: string[] = [];
  registry.on('added', ({ name }) => received.push(`+${name}`));
  registry.on('removed', ({ name }) => received.push(`-${name}`));
  return { registry, clock, received };
}

describe('the registry', () => {
  test('creates one breaker per name, with the defaults and the overrides of its first use', async () => {
    const { registry } = setUpRegistry({ defaults: { failureThreshold: 2 } });
    const a = registry.get('a');
    const b = registry.get('b', { failureThreshold: 1 });
    expect(registry.get('a', { failureThreshold: 1 })).toBe(a);
    await failTimes(a, 1);
    await failTimes(b, 1);
    expect([a.state, b.state]).toEqual(['closed', 'open']);
  });

  test('copies its defaults', async () => {
    const defaults = { failureThreshold: 1 };
    const { registry } = setUpRegistry({ defaults });
    defaults.failureThreshold = 5;
    await failTimes(registry.get('a'), 1);
    expect(registry.get('a').state).toBe('open');
  });

  test('drops the least recently used; peek does not count as a use', () => {
    const { registry, received } = setUpRegistry();
    for (const name of ['a', 'b', 'c']) registry.get(name);
    registry.get('a');
    expect(registry.peek('b')?.name).toBe('b');
    registry.get('d');
    expect(registry.names()).toEqual(['c', 'a', 'd']);
    expect(received).toEqual(['+a', '+b', '+c', '+d', '-b']);
    expect(registry.peek('b')).toBeUndefined();
  });

  test('exceeds its limit rather than drop an open or forced breaker, until open periods end', () => {
    const { registry, clock } = setUpRegistry();
    registry.get('open').trip();
    registry.get('off').forceOpen();
    registry.get('on').forceClosed();
    registry.get('x').trip();
    registry.get('y');
    expect(registry.names()).toEqual(['open', 'off', 'on', 'x', 'y']);
    clock.advance(60_000);
    registry.get('z');
    expect(registry.names()).toEqual(['off', 'on', 'z']);
  });

  test('drops closed breakers before half-open ones, and no more than needed', () => {
    const { registry, clock } = setUpRegistry();
    registry.get('tried').trip();
    clock.advance(60_000);
    registry.get('b');
    registry.get('c');
    registry.get('d');
    expect(registry.names()).toEqual(['tried', 'c', 'd']);
  });

  test('never drops the breaker just added', () => {
    const { registry } = setUpRegistry({ maxBreakers: 1 });
    registry.get('open').trip();
    expect(registry.get('new')).toBe(registry.peek('new'));
    expect(registry.size).toBe(2);
  });

  test('remove works in any state and does not affect admitted calls', async () => {
    const { registry, received } = setUpRegistry();
    const breaker = registry.get('a');
    breaker.trip();
    expect([registry.remove('a'), registry.remove('a'), registry.size]).toEqual([true, false, 0]);
    expect(received).toEqual(['+a', '-a']);
    breaker.reset();
    expect(await breaker.execute(ok)).toBe('ok');
    expect(registry.get('a')).not.toBe(breaker);
  });

  test('iterates from the least recently used', () => {
    const { registry } = setUpRegistry();
    for (const name of ['a', 'b', 'a']) registry.get(name);
    expect([...registry].map(({ name }) => name)).toEqual(['b', 'a']);
  });

  test('reports listeners that throw to onWarning of its defaults, or as a process warning', () => {
    const warnings: string[] = [];
    const { registry } = setUpRegistry({ defaults: { onWarning: (message) => warnings.push(message) } });
    const broken = (): never => {
      throw new Error('broken');
    };
    registry.on('added', broken);
    expect(registry.get('a').name).toBe('a');
    expect(warnings).toEqual(['Circuit breaker registry: a listener for "added" threw']);
    const emitWarning = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const plain = new CircuitBreakerRegistry();
    plain.on('removed', broken);
    plain.get('a');
    plain.remove('a');
    expect(emitWarning).toHaveBeenCalledTimes(1);
  });

  test('keeps 1000 breakers by default', () => {
    const registry = new CircuitBreakerRegistry();
    for (let n = 0; n < 1001; n++) registry.get(`b${n}`);
    expect(registry.size).toBe(1000);
  });

  test('restores a breaker from a snapshot given as an override', () => {
    const { registry } = setUpRegistry();
    registry.get('a').trip();
    const snapshot = registry.get('a').toJSON();
    const { registry: later } = setUpRegistry();
    expect(later.get('a', { snapshot }).state).toBe('open');
  });
});
