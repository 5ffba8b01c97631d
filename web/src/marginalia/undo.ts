// Undo and redo of what was done at this page, and of nothing that others did.
//
// Deleted entries stay in memory as long as a step needs them; an entry that comes back does so with all its fields, its
// author included. A step that others have made meaningless meanwhile is passed over.

import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import * as Y from 'yjs';

export class History {
  readonly #origin: unknown;
  readonly #groupMs: number;
  readonly #canUndo = signal(false);
  readonly #canRedo = signal(false);
  #steps: Y.UndoManager | null = null;

  /** Changes with this origin are steps; those within `groupMs` of each other are one, and with 0 each is its own. */
  constructor(origin: unknown, groupMs: number) {
    this.#origin = origin;
    this.#groupMs = groupMs;
  }

  get canUndo(): ReadonlySignal<boolean> {
    return this.#canUndo;
  }

  get canRedo(): ReadonlySignal<boolean> {
    return this.#canRedo;
  }

  /** Takes over the types of a document; the steps of an earlier one are lost. Gives whether there were any. */
  bind(scope: readonly (Y.Map<unknown> | Y.Text)[]): boolean {
    const isLoss = this.#canUndo.peek() || this.#canRedo.peek();
    this.stop();
    const steps = new Y.UndoManager([...scope], {
      trackedOrigins: new Set([this.#origin]),
      captureTimeout: this.#groupMs,
    });
    for (const event of ['stack-item-added', 'stack-item-popped', 'stack-cleared'] as const) {
      steps.on(event, () => this.#tell());
    }
    this.#steps = steps;
    this.#tell();
    return isLoss;
  }

  /** Takes back the last step. Gives whether anything changed. */
  undo(): boolean {
    const isChanged = (this.#steps?.undo() ?? null) !== null;
    this.#tell();
    return isChanged;
  }

  /** Does the step again that was taken back last. Gives whether anything changed. */
  redo(): boolean {
    const isChanged = (this.#steps?.redo() ?? null) !== null;
    this.#tell();
    return isChanged;
  }

  stop(): void {
    this.#steps?.destroy();
    this.#steps = null;
  }

  #tell(): void {
    this.#canUndo.value = this.#steps?.canUndo() ?? false;
    this.#canRedo.value = this.#steps?.canRedo() ?? false;
  }
}
