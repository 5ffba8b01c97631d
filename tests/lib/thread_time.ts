// How long the tasks of a page's main thread take. Told as the thread's own time: a machine that is busy with other
// things, as this one is while tests run, stretches every task by the time in which nothing of it is done.

import type { Page } from 'playwright-core';

/** One task, in milliseconds. */
export type Task = { own: number; onTheClock: number };

type TraceEvent = { name: string; ph: string; pid: number; tid: number; dur?: number; tdur?: number; args?: { name?: string } };

/** Watches from now on; what is returned ends the watching and gives all tasks, the longest first. */
export async function watchTasks(page: Page): Promise<() => Promise<Task[]>> {
  const browser = page.context().browser();
  if (browser === null) {
    throw new Error('this page belongs to no browser');
  }
  // Each process and thread is named in the trace; the page's is the renderer with the most tasks.
  await browser.startTracing(page, { categories: ['__metadata', 'toplevel'] });
  return async () => {
    const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
    const mains = traceEvents.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain');
    const tasksOf = ({ pid, tid }: TraceEvent): Task[] =>
      traceEvents
        .filter((event) => event.pid === pid && event.tid === tid && event.ph === 'X' && event.name.endsWith('RunTask'))
        .map(({ dur = 0, tdur = 0 }) => ({ own: tdur / 1000, onTheClock: dur / 1000 }));
    const [busiest = []] = mains.map(tasksOf).sort((a, b) => b.length - a.length);
    return busiest.sort((a, b) => b.own - a.own);
  };
}
