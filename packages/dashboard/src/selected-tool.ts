import type { Clock } from './clock.ts';
import type { OperatorActions } from './operator-actions.ts';
import type { DashboardState } from './state/dashboard-state.ts';
import type { ToolDetails } from './views/tools/tool-details.ts';
import type { TryForm } from './views/tools/try-form.ts';

export interface SelectedToolOptions {
  readonly actions: Pick<OperatorActions, 'loadTool'>;
  readonly details: Pick<ToolDetails, 'show' | 'update'>;
  readonly form: Pick<TryForm, 'show' | 'clear'>;
  readonly clock: Clock;
}

/** At most this often the details of the selected tool are loaded again. */
const REFRESH_MS = 4000;

/** Loads what is shown of the selected tool, and loads it again while it is selected. */
export class SelectedTool {
  readonly #options: SelectedToolOptions;
  #tool: string | undefined;
  #loadedMs = Number.NEGATIVE_INFINITY;

  constructor(options: SelectedToolOptions) {
    this.#options = options;
  }

  /** Called at each drawing. */
  update({ options: { tool }, tools }: Pick<DashboardState, 'options' | 'tools'>): void {
    const listed = tools?.find(({ name }) => name === tool);
    if (listed) this.#options.details.update(listed);
    const now = this.#options.clock.monotonicMs();
    if (tool !== this.#tool) this.clear();
    if (tool === undefined || now - this.#loadedMs < REFRESH_MS) return;
    this.#tool = tool;
    this.#loadedMs = now;
    void this.#load(tool);
  }

  clear(): void {
    if (this.#tool === undefined) return;
    this.#tool = undefined;
    this.#loadedMs = Number.NEGATIVE_INFINITY;
    this.#options.details.show(undefined);
    this.#options.form.clear();
  }

  async #load(tool: string): Promise<void> {
    const { actions, details, form } = this.#options;
    const loaded = await actions.loadTool(tool);
    // Meanwhile the operator may have selected another one.
    if (loaded === undefined || this.#tool !== tool) return;
    details.show(loaded);
    form.show(loaded.details);
  }
}
