// Undo and redo of what was done at this page, and of nothing that others did.
//
// Deleted entries stay in memory as long as a step needs them; an entry that comes back does so with all its fields, its
// author included. What others have changed since is not overwritten: such a step is spent without effect, and the one
// before it waits for the next call. (Yjs by itself would go on to it, and take back what nobody had in mind.)

import { batch, signal } from '@preact/signals';
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

  /** Takes back the last step. False if there was none, or nothing of it was left to take back. */
  undo(): boolean {
    return this.#step((steps) => [steps.undoStack, steps.redoStack, () => steps.undo()]);
  }

  /** Does the step again that was taken back last. False if there was none, or nothing of it could be done. */
  redo(): boolean {
    return this.#step((steps) => [steps.redoStack, steps.undoStack, () => steps.redo()]);
  }

  /** Forgets all steps. */
  clear(): void {
    this.#steps?.clear();
  }

  stop(): void {
    this.#steps?.destroy();
    this.#steps = null;
  }

  #step(choose: (steps: Y.UndoManager) => [from: unknown[], to: unknown[], act: () => unknown]): boolean {
    const steps = this.#steps;
    if (steps === null) {
      return false;
    }
    return batch(() => {
      const [from, to, act] = choose(steps);
      // Earlier steps are out of reach meanwhile, but still known: Yjs asks both stacks whose deletions are one's own.
      const earlier = from.splice(0, from.length - 1);
      to.unshift(...earlier);
      try {
        return act() !== null;
      } finally {
        from.unshift(...to.splice(0, earlier.length));
        this.#tell();
      }
    });
  }

  #tell(): void {
    this.#canUndo.value = this.#steps?.canUndo() ?? false;
    this.#canRedo.value = this.#steps?.canRedo() ?? false;
  }
}
