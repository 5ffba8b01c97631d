// How signing in stands, and the steps through it.

import { batch, signal } from '@preact/signals';

import { whyNot } from '../../api/ask.ts';
import type { Reply } from '../../api/ask.ts';
import type { Me } from '../../api/me.ts';
import { isWebAddress, safePath } from '../../api/safe_path.ts';
import { fetchWays, finishMail, signInByName, startMail, startWay } from '../../api/ways.ts';
import type { Way } from '../../api/ways.ts';
import { askWho } from '../site/visitor.ts';
import { backAddress, problemWords, readAddress } from './address.ts';

export type Stage =
  | { stage: 'asking' }
  | { stage: 'failed'; why: string }
  | { stage: 'ways'; ways: readonly Way[] }
  /** The mail is on its way, if it may be. */
  | { stage: 'mailed'; email: string }
  /** Come by the link in a mail: programs that open links press no buttons. */
  | { stage: 'confirming'; token: string }
  | { stage: 'known'; me: Me }
  | { stage: 'leaving' };

const address = readAddress(location);
if (address.token !== null) {
  // Whoever looks over a shoulder, or into the history, does not find it.
  history.replaceState(null, '', `${location.pathname}${location.search}`);
}

export const stage = signal<Stage>({ stage: 'asking' });
/** What went wrong last. */
export const problem = signal<string | null>(problemWords(address.problem));
/** What is being sent, so that nothing is sent twice. */
export const sending = signal<string | null>(null);
/** Where one goes on to. The host leads back with a problem, and without that. */
export const to = address.to === '/' && address.problem !== null ? safePath(recallTo(), location.origin) : address.to;

/** Finds out who is here and what ways there are. */
export async function begin(): Promise<void> {
  if (address.token !== null) {
    stage.value = { stage: 'confirming', token: address.token };
    return;
  }
  stage.value = { stage: 'asking' };
  const who = await askWho();
  if (who.reply === 'found' && address.isBack) {
    goOn(to);
  } else if (who.reply === 'found') {
    stage.value = { stage: 'known', me: who.found };
  } else if (who.reply === 'signed_out') {
    await showWays();
  } else {
    stage.value = { stage: 'failed', why: who.why };
  }
}

export async function showWays(): Promise<void> {
  const reply = await fetchWays();
  stage.value = reply.reply === 'found' ? { stage: 'ways', ways: reply.found } : { stage: 'failed', why: whyNot(reply) ?? '' };
}

/** Leaves for a provider. */
export async function takeWay(way: Way): Promise<void> {
  const reply = await send(way.id, () => startWay(way.id, backAddress(to)));
  if (reply?.reply === 'found' && isWebAddress(reply.found)) {
    keepTo(to);
    stage.value = { stage: 'leaving' };
    location.assign(reply.found);
  } else if (reply?.reply === 'found') {
    problem.value = problemWords('unavailable');
  }
}

export async function askForMail(email: string): Promise<void> {
  const reply = await send('mail', () => startMail(email, to));
  if (reply?.reply === 'found') {
    stage.value = { stage: 'mailed', email };
  }
}

/** Goes on if somebody has signed in meanwhile, in another tab of this browser. */
export async function lookWhetherIn(): Promise<void> {
  if ((await askWho()).reply === 'found') {
    goOn(to);
  }
}

export async function finishByMail(token: string): Promise<void> {
  const reply = await send('finish', () => finishMail(token));
  if (reply?.reply === 'found') {
    await goOnSignedIn(reply.found);
  } else if (reply?.reply === 'refused') {
    // The link is of no use any more; what there is else is offered below the reason.
    await showWays();
  }
}

export async function finishByName(name: string): Promise<void> {
  const reply = await send('development', () => signInByName(name));
  if (reply?.reply === 'found') {
    await goOnSignedIn(to);
  }
}

/** Goes on; nobody comes back to this page by the back button. */
export function goOn(path: string): void {
  stage.value = { stage: 'leaving' };
  location.replace(safePath(path, location.origin));
}

async function goOnSignedIn(path: string): Promise<void> {
  // All pages of this browser shall know who it is now.
  const who = await askWho();
  if (who.reply === 'found') {
    goOn(path);
  } else {
    problem.value = 'This browser has not kept that you have signed in. Allow cookies for this page, then begin again.';
    await showWays();
  }
}

/** Asks the host, one question at a time; what came of it else than the answer is said on the page. */
async function send<Found>(what: string, question: () => Promise<Reply<Found>>): Promise<Reply<Found> | null> {
  if (sending.peek() !== null) {
    return null;
  }
  sending.value = what;
  problem.value = null;
  const reply = await question();
  batch(() => {
    sending.value = null;
    problem.value = reply.reply === 'signed_out' ? problemWords('not_allowed') : whyNot(reply);
  });
  return reply;
}

const TO_KEY = 'glossator.signing-in-to';

function keepTo(path: string): void {
  try {
    sessionStorage.setItem(TO_KEY, path);
  } catch {
    // Where storage is forbidden, whoever comes back with a problem begins at the front page.
  }
}

function recallTo(): string | null {
  try {
    return sessionStorage.getItem(TO_KEY);
  } catch {
    return null;
  }
}
