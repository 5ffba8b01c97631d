// How long the tasks of a page's main thread take. Told as the thread's own time: a machine that is busy with other
// things, as this one is while tests run, stretches every task by the time in which nothing of it is done.
//
// A task's `script` is the longest run of the page's own script in it, with whatever that made the browser do at once.

import type { Page } from 'playwright-core';

/** One task, in milliseconds. */
export type Task = { own: number; onTheClock: number; script: number };

type TraceEvent = { name: string; ph: string; pid: number; tid: number; ts: number; dur?: number; tdur?: number; args?: { name?: string } };

/** Watches from now on; what is returned ends the watching and gives all tasks, the longest first. */
export async function watchTasks(page: Page): Promise<() => Promise<Task[]>> {
  const browser = page.context().browser();
  if (browser === null) {
    throw new Error('this page belongs to no browser');
  }
  // Each process and thread is named in the trace; the page's is the renderer with the most tasks.
  await browser.startTracing(page, { categories: ['__metadata', 'toplevel', 'devtools.timeline'] });
  return async () => {
    const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
    const mains = traceEvents.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain');
    const tasksOf = ({ pid, tid }: TraceEvent): Task[] => {
      const all = traceEvents.filter((event) => event.pid === pid && event.tid === tid && event.ph === 'X');
      const scripts = all.filter(({ name }) => name === 'FunctionCall' || name === 'RunMicrotasks');
      return all
        .filter(({ name }) => name.endsWith('RunTask'))
        .map(({ ts, dur = 0, tdur = 0 }) => {
          const within = scripts.filter((script) => script.ts >= ts && script.ts < ts + dur);
          return { own: tdur / 1000, onTheClock: dur / 1000, script: Math.max(0, ...within.map((script) => (script.tdur ?? 0) / 1000)) };
        });
    };
    const [busiest = []] = mains.map(tasksOf).sort((a, b) => b.length - a.length);
    return busiest.sort((a, b) => b.own - a.own);
  };
}
