/** One server of a cluster without its interfaces: what it has learnt, and what it shares. */
import type { EngineListener, Entry, TableName } from '../engine.ts';
import { RedisEngine } from '../redis/redis-engine.ts';
import { SharedSessions } from '../shared/shared-sessions.ts';
import { SharedTable } from '../shared/shared-table.ts';
import { RecordingListener } from './recording-listener.ts';

export class ClusterMember extends RecordingListener implements EngineListener {
  readonly engine: RedisEngine;
  readonly inForce = new Map<string, string>();
  readonly switches: SharedTable;
  readonly sessions: SharedSessions;

  constructor(url: string, startTimeoutMs = 15_000) {
    super();
    this.engine = new RedisEngine({
      url,
      name: 't',
      replica: 'r',
      timeoutMs: 150,
      startTimeoutMs,
      seal: 's',
      opens: ['s'],
    });
    const apply = (name: string, value: string): unknown => this.inForce.set(name, value);
    this.switches = new SharedTable({ engine: this.engine, table: 'switches', apply });
    this.sessions = new SharedSessions(this.engine.sessions);
  }

  async join(): Promise<this> {
    await this.engine.join(this);
    return this;
  }

  onTable(table: TableName, entries: ReadonlyMap<string, Entry>): void {
    if (table === 'switches') this.switches.onTable(entries);
  }
  onEntry(_table: TableName, name: string, entry: Entry): void {
    this.switches.onEntry(name, entry);
  }
  override onSessionField(...change: [session: string, field: string, value: string]): void {
    super.onSessionField(...change);
    this.sessions.receiver.onSessionField(...change);
  }
  onDataLost(): void {
    void this.sessions.restore();
  }
  onSynchronized(): void {
    this.sessions.catchUp();
  }
}
