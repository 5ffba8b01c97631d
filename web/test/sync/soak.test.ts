// Three clients of one browser and one of another, and every fault that the world knows, in any order. Afterwards the
// faults stop, and everybody must have the same document and nothing unsaved.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { edit } from './edits.ts';
import { FakeDisk, World, addEntry, contentOf, equalDocs, randomOf, refuseWord } from './world.ts';
import type { Tab } from './world.ts';

const STEPS = 250;

for (let seed = 1; seed <= Number(process.env['SYNC_SEEDS'] ?? 12); seed += 1) {
  test(`sc25_whatever_fails_all_replicas_agree_and_nothing_stays_unsaved: seed ${seed}`, async () => {
    const random = randomOf(seed);
    const world = new World(seed);
    world.room.judge = refuseWord('BAD');
    const disk = new FakeDisk();
    const tabs: Tab[] = [await world.liveTab({ disk }), await world.liveTab({ disk }), await world.liveTab()];
    const written = new Set<string>();
    const everyTab = new Set(tabs);
    for (let step = 0; step < STEPS; step += 1) {
      await disturb(world, disk, tabs, random, written, step);
      tabs.forEach((tab) => everyTab.add(tab));
    }
    await recover(world, disk, tabs);
    for (const [index, { client, ears }] of tabs.entries()) {
      assert.deepEqual({ index, state: ears.states.at(-1)?.state, unsaved: client.saved().unsaved }, { index, state: 'live', unsaved: 0 });
      assert.equal(contentOf(client.doc), contentOf(world.room.doc), `tab ${index}`);
      assert.ok(equalDocs(client.doc, world.room.doc), `tab ${index}`);
      client.stop();
    }
    assert.deepEqual(disk.outbox, []);
    const comments = world.room.doc.getMap('comments').toJSON();
    assert.ok(!contentOf(world.room.doc).includes('BAD'));
    const givenBack = new Set([...everyTab].flatMap(({ ears }) => ears.refusals.flatMap(({ lost }) => lost.map(({ id }) => id))));
    const missing = [...written].filter((id) => comments[id] === undefined && !givenBack.has(id));
    assert.deepEqual(missing, [], 'comments that nobody has deleted and nobody was given back');
    assert.ok(world.room.sockets.length < STEPS * 4, `${world.room.sockets.length} sockets`);
  });
}

async function disturb(world: World, disk: FakeDisk, tabs: Tab[], random: () => number, written: Set<string>, step: number): Promise<void> {
  const { room } = world;
  const index = Math.floor(random() * tabs.length);
  const tab = tabs[index];
  assert.ok(tab);
  const sockets = room.living;
  const socket = sockets[Math.floor(random() * sockets.length)];
  switch (Math.floor(random() * 16)) {
    case 0:
      if (socket !== undefined) {
        room.drop(socket, [1006, 1012, 1013, 4500, 1001][Math.floor(random() * 5)]);
      }
      break;
    case 1:
      room.crash();
      break;
    case 2:
      room.holdsJournal = true;
      break;
    case 3:
      room.releaseJournal();
      break;
    case 4:
      room.isAway = random() < 0.3;
      break;
    case 5:
      if (random() < 0.1) {
        addEntry(tab.client.doc, 'comments', `bad${step}`, { text: 'BAD' });
      }
      break;
    case 6:
      room.archiveNow();
      break;
    case 7:
      if (random() < 0.3) {
        // The page is closed, and opened again by the same person.
        tab.client.stop();
        tabs[index] = await world.liveTab(index < 2 ? { disk } : {});
      }
      break;
    case 8:
      if (random() < 0.2) {
        room.archiveNow();
        room.loseStorage(random() < 0.5);
      }
      break;
    case 9:
      await world.pass(Math.floor(random() * 4_000));
      break;
    case 10:
      for (let round = 0; round < random() * 4; round += 1) {
        world.deliverSome();
      }
      break;
    case 11:
      await world.settle();
      break;
    default: {
      const id = `s${step}`;
      if (random() < 0.5) {
        addEntry(tab.client.doc, 'comments', id, { text: id });
        written.add(id);
        // A tab without a disk may take it along when it is closed.
        tab.client.saved().storedLocally || written.delete(id);
      } else {
        edit(tab.client.doc, random);
      }
    }
  }
}

async function recover(world: World, disk: FakeDisk, tabs: Tab[]): Promise<void> {
  world.room.isAway = false;
  disk.isBroken = false;
  world.room.releaseJournal();
  await world.settle();
  tabs.forEach(({ client }) => client.retryNow());
  await world.pass(300_000);
}
