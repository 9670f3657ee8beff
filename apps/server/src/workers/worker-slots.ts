import type { SharedSlots } from '@mcp/tool-base';

import { systemClock } from '../foundation/clock.ts';
import type { Channel } from '../worker-channel/channel.ts';
import { LentSlots } from './lent-slots.ts';

/** The slots of every tool of this worker. A tool that a reload replaces shares those of the one before. */
export function workerSlots(channel: Channel): (tool: string, concurrency: number) => SharedSlots {
  const byTool = new Map<string, LentSlots>();
  channel.on('slot.lend', (tool: string) => byTool.get(tool)?.lend());
  channel.on('slot.recall', (tool: string) => byTool.get(tool)?.recall());
  return (tool, concurrency) => {
    const slots =
      byTool.get(tool) ??
      new LentSlots({
        want: (total) => channel.tell('slot.want', tool, total),
        giveBack: () => channel.tell('slot.give', tool),
        clock: systemClock,
      });
    byTool.set(tool, slots);
    slots.total = concurrency;
    return slots;
  };
}
