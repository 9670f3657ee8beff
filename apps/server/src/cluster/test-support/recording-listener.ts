/** What one server or worker has learnt from its engine, the tables aside. */
export abstract class RecordingListener {
  readonly states: string[] = [];
  readonly events: string[] = [];
  readonly ended: string[] = [];
  gaps = 0;

  onEvent(_id: string, event: string): void {
    this.events.push(event);
  }
  onGap(): void {
    this.gaps += 1;
  }
  onSessionEnded(session: string): void {
    this.ended.push(session);
  }
  onState(state: string): void {
    this.states.push(state);
  }
}
