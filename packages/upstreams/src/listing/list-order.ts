/** Lists are in the order of the configuration, then of the names, whichever upstream answers first. */
export function listOrder(position: number, exposed: string): string {
  return `${String(position).padStart(6, '0')} ${exposed}`;
}
