import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { MemoryEventBus } from './memory-event-bus.ts';

test('replay is exactly what a listener would have heard, or is refused as incomplete', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.nat(60), fc.nat(60), (capacity, before, after) => {
      const bus = new MemoryEventBus({ capacity });
      const tick = (): void => bus.publish('health.changed', { from: 'a', to: 'b' });
      for (let i = 0; i < before; i++) tick();
      const id = bus.latestId;
      const heard: string[] = [];
      bus.subscribe((event) => heard.push(event.id));
      for (let i = 0; i < after; i++) tick();
      expect(bus.eventsAfter(id)?.map((event) => event.id)).toEqual(after <= capacity ? heard : undefined);
    }),
  );
});
