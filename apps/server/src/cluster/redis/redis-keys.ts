/** The keys of one cluster. `{name}` is the hash tag: all are in one slot of a Redis Cluster. */
export interface RedisKeys {
  readonly epoch: string;
  readonly replicas: string;
  readonly seals: string;
  readonly watchers: string;
  readonly events: string;
  table(name: string): string;
  version(name: string): string;
  rate(key: string): string;
  ended(session: string): string;
  session(session: string): string;
  inbox(address: string): string;
}

export function redisKeys(name: string): RedisKeys {
  const key = (rest: string): string => `{${name}}:${rest}`;
  return {
    epoch: key('epoch'),
    replicas: key('replicas'),
    seals: key('seals'),
    watchers: key('watchers'),
    events: key('events'),
    table: (table) => key(table),
    version: (table) => key(`${table}:v`),
    rate: (rate) => key(`rl:${rate}`),
    ended: (session) => key(`ended:${session}`),
    session: (session) => key(`session:${session}`),
    inbox: (address) => key(`inbox:${address}`),
  };
}
