/** What one server or worker has learnt from its engine, the tables aside. */
export abstract class RecordingListener {
  readonly states: string[] = [];
  readonly events: string[] = [];
  readonly ended: string[] = [];
  readonly fields: (readonly [session: string, field: string, value: string])[] = [];
  readonly messages: (readonly [session: string, message: string])[] = [];
  readonly openings: string[] = [];
  gaps = 0;

  onEvent(_id: string, event: string): void {
    this.events.push(event);
  }
  onGap(): void {
    this.gaps += 1;
  }
  onOpening(opening: string): void {
    this.openings.push(opening);
  }
  onSessionEnded(session: string): void {
    this.ended.push(session);
  }
  onSessionField(...change: [session: string, field: string, value: string]): void {
    this.fields.push(change);
  }
  onSessionMessage(...message: [session: string, message: string]): void {
    this.messages.push(message);
  }
  onState(state: string): void {
    this.states.push(state);
  }
}
