// A class at work, as a process of its own: `CROWD_TOKENS=… node crowd.ts SYNC_URL CASE_ID`, with an owner's client token
// for each of its people, `u-crowd-0`, `u-crowd-1`, …, separated by commas. Every peer is a stock client; each adds a
// comment, retags a highlight or takes a comment back once in two seconds, and looks elsewhere as often. It says `here` once
// all of them are in sync, and `N edits` for good measure when it is asked to stop.

import type * as Y from 'yjs';

import { addComment } from './annotating.ts';
import { StockClient } from './clients.ts';
import { roots } from './documents.ts';
import { Random } from './random.ts';

const PAUSE_MS = 2_000;
const TAGS = ['tag-reasons', 'tag-decision', 'tag-order', 'tag-reflection'];

const [syncUrl = '', caseId = ''] = process.argv.slice(2);
const tokens = (process.env['CROWD_TOKENS'] ?? '').split(',');
let edits = 0;

const peers: StockClient[] = [];
for (const [index, token] of tokens.entries()) {
  const user = { id: `u-crowd-${index}`, name: `Student ${index + 1}` };
  peers.push(await StockClient.join(syncUrl, caseId, { user: user.id, token, presence: { user } }));
}
console.log('here');
const timers = peers.map((peer, index) => {
  const dice = new Random(index + 1);
  const user = { id: `u-crowd-${index}`, name: `Student ${index + 1}` };
  const work = (): void => {
    edit(peer.doc, user, dice);
    peer.provider.awareness.setLocalStateField('reads', dice.below(400_000));
    edits += 1;
  };
  // Not all at the same moment, as no class does.
  return setTimeout(() => {
    timers[index] = setInterval(work, PAUSE_MS);
  }, (index * PAUSE_MS) / peers.length);
});
process.on('SIGTERM', () => {
  timers.forEach((timer) => clearInterval(timer));
  console.log(`${edits} edits`);
  peers.forEach((peer) => peer.leave());
  process.exit(0);
});

function edit(doc: Y.Doc, user: { id: string; name: string }, dice: Random): void {
  const ids = [...roots.highlights(doc).keys()];
  const id = dice.pick(ids);
  const kind = dice.below(10);
  if (kind < 7) {
    addComment(doc, id, 'The silence of the buoy was an answer, and it was the wrong one. '.repeat(1 + dice.below(5)), user);
  } else if (kind < 9) {
    (roots.highlights(doc).get(id) as Y.Map<unknown>).set('tag', dice.pick(TAGS));
  } else {
    const own = [...roots.comments(doc)].find(([, comment]) => (comment as Y.Map<unknown>).get('author_id') === user.id);
    if (own !== undefined) {
      roots.comments(doc).delete(own[0]);
    }
  }
}
