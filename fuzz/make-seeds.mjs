// Writes the seed corpus, real Yjs traffic, into fuzz/seeds: `node fuzz/make-seeds.mjs`, with the `yjs` and
// `y-protocols` packages of the repository installed. Deterministic: the same files each time.
//
// frame: one y-websocket frame a file.
// apply: the updates of one session, each after its length (two bytes, the lower one first).
// ticket: the payload of a token after its kind (1 ticket, 2 resume, 3 client), or after 0 a token as it is shown.
// headers: one header, or one value of it.
// policy: chances, of which worlds are drawn. Any bytes will do.
//
// What has a name instead of a number was found by the fuzzer once, and stays.

import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as Y from 'yjs'
import * as awarenessProtocol from 'y-protocols/awareness'
import * as syncProtocol from 'y-protocols/sync'
import * as encoding from 'lib0/encoding'

const seeds = join(dirname(fileURLToPath(import.meta.url)), 'seeds')
for (const target of ['frame', 'apply', 'policy', 'ticket', 'headers']) {
  mkdirSync(join(seeds, target), { recursive: true })
  readdirSync(join(seeds, target)).filter(name => /^\d+$/.test(name)).forEach(name => rmSync(join(seeds, target, name)))
}
const written = { frame: 0, apply: 0, policy: 0, ticket: 0, headers: 0 }
const write = (target, bytes) => {
  written[target] += 1
  writeFileSync(join(seeds, target, String(written[target]).padStart(3, '0')), bytes)
}

const frame = (kind, fill) => {
  const encoder = encoding.createEncoder()
  encoding.writeVarUint(encoder, kind)
  fill(encoder)
  return encoding.toUint8Array(encoder)
}
const session = updates =>
  Buffer.concat(updates.flatMap(update => [Buffer.from([update.length & 255, update.length >> 8]), Buffer.from(update)]))

/** What a few people do to one document; `gc` false keeps what is deleted. */
const histories = {
  text: doc => {
    const text = doc.getText('notes')
    return [
      () => text.insert(0, 'The court held 😀 that'),
      () => text.insert(4, 'high '),
      () => text.delete(2, 9),
      () => text.format(1, 4, { bold: true }),
      () => text.insertEmbed(3, { image: 'https://example.org/a.png' }),
      () => text.insert(text.length, '\nRatio.', { italic: null }),
      () => text.delete(0, text.length)
    ]
  },
  highlights: doc => {
    const highlights = doc.getMap('highlights')
    const comments = doc.getMap('comments')
    const add = id => () => doc.transact(() => {
      const highlight = new Y.Map()
      highlights.set(id, highlight)
      Object.entries({ start: 10, end: 42, quote: 'held that', tag: 'ratio', author_id: 'u1', order: 'a0' })
        .forEach(([key, value]) => highlight.set(key, value))
    })
    return [
      add('h1'),
      () => highlights.get('h1').set('tag', 'obiter'),
      () => comments.set('c1', new Y.Map(Object.entries({ highlight_id: 'h1', text: 'why?', resolved_at: null }))),
      add('h2'),
      () => highlights.get('h1').set('end', 99.5),
      () => highlights.delete('h1'),
      add('h1')
    ]
  },
  values: doc => {
    const array = doc.getArray('values')
    return [
      () => array.insert(0, [1, -1, 2 ** 40, 1.5, true, null, { none: undefined }, 'text', new Uint8Array([1, 2]), { big: 12n ** 15n }]),
      () => array.insert(3, [{ a: [1, { b: 'c' }], d: {} }, [[]]]),
      () => array.delete(1, 4),
      () => array.insert(2, [new Y.Array(), new Y.Map(), new Y.Text('nested')]),
      () => array.get(2).insert(0, ['x', 'y']),
      () => array.delete(0, 3)
    ]
  },
  xml: doc => {
    const fragment = doc.getXmlFragment('prosemirror')
    return [
      () => {
        const paragraph = new Y.XmlElement('paragraph')
        paragraph.setAttribute('align', 'left')
        paragraph.insert(0, [new Y.XmlText('hello')])
        fragment.insert(0, [paragraph])
      },
      () => fragment.get(0).get(0).insert(5, ' world', { strong: {} }),
      () => fragment.insert(1, [new Y.XmlElement('heading')]),
      () => fragment.get(0).removeAttribute('align'),
      () => fragment.delete(0, 1)
    ]
  }
}

for (const [name, steps] of Object.entries(histories)) {
  for (const gc of [true, false]) {
    const docs = [101, 4_000_000_007].map(clientID => Object.assign(new Y.Doc({ gc }), { clientID }))
    const updates = []
    docs.forEach(doc => doc.on('update', (update, origin) => { if (origin !== 'peer') updates.push(update) }))
    const actions = docs.map(steps)
    const exchange = () => docs.forEach(doc => docs.forEach(other => Y.applyUpdate(doc, Y.encodeStateAsUpdate(other), 'peer')))
    // What an action wants to change may have been replaced by the other one's.
    const attempt = action => { try { action() } catch (error) { if (!(error instanceof TypeError)) throw error } }
    actions[0].forEach((action, index) => {
      attempt(action)
      if (index % 2 === 0) exchange()
      attempt(actions[1][index])
      if (index % 3 === 0) exchange()
    })
    exchange()
    write('apply', session(updates))
    write('apply', session([...updates].reverse()))
    write('apply', session([updates[0], ...updates.slice(2), Y.encodeStateAsUpdate(docs[0]), updates[1]]))
    // A replica that misses an update answers with what is pending too, behind a Skip.
    const lacking = new Y.Doc({ gc })
    updates.filter((_, index) => index !== 1).forEach(update => Y.applyUpdate(lacking, update))
    write('apply', session([Y.encodeStateAsUpdate(lacking), ...updates]))
    updates.slice(0, 4).forEach(update => write('frame', frame(0, encoder => syncProtocol.writeUpdate(encoder, update))))
    write('frame', frame(0, encoder => syncProtocol.writeSyncStep1(encoder, docs[0])))
    write('frame', frame(0, encoder => syncProtocol.writeSyncStep2(encoder, docs[0])))
    write('frame', frame(0, encoder => syncProtocol.writeSyncStep2(encoder, lacking)))
    const awareness = new awarenessProtocol.Awareness(docs[0])
    awareness.setLocalState({ user: { name: `${name} ß`, color: '#2196F3' }, cursor: { anchor: 3, head: 5 } })
    const states = awarenessProtocol.encodeAwarenessUpdate(awareness, [docs[0].clientID])
    write('frame', frame(1, encoder => encoding.writeVarUint8Array(encoder, states)))
    awareness.setLocalState(null)
    const gone = awarenessProtocol.encodeAwarenessUpdate(awareness, [docs[0].clientID], new Map())
    write('frame', frame(1, encoder => encoding.writeVarUint8Array(encoder, gone)))
    awareness.destroy()
    docs.forEach(doc => doc.destroy())
  }
}
write('frame', frame(3, () => {}))
write('frame', frame(2, encoder => { encoding.writeVarUint(encoder, 0); encoding.writeVarString(encoder, 'no') }))
// What only our own client says, and what only it is told.
const numbers = (...all) => encoding.encode(encoder => all.forEach(number => encoding.writeVarUint(encoder, number)))
const text = (kind, words) => encoding.encode(encoder => {
  kind.forEach(number => encoding.writeVarUint(encoder, number))
  encoding.writeVarString(encoder, words)
})
const own = Object.assign(new Y.Doc(), { clientID: 101 })
own.getText('notes').insert(0, 'numbered')
const update = frame(0, encoder => syncProtocol.writeUpdate(encoder, Y.encodeStateAsUpdate(own)))
write('frame', Buffer.concat([numbers(110, 1), update]))
write('frame', Buffer.concat([numbers(110, 2 ** 53 - 1), update, frame(3, () => {})]))
write('frame', text([111], 'key.1800000000.1800000060000.00ff'))
write('frame', numbers(100, 2 ** 52, 300, 299, 5))
write('frame', numbers(101, 2 ** 52, 7, 300))
write('frame', text([103, 7, 2], 'not allowed'))
for (let seed = 1; seed <= 8; seed += 1) {
  let state = seed
  const chance = () => (state = Math.imul(state, 1_664_525) + 1_013_904_223 | 0) >>> 24
  write('policy', Buffer.from(Array.from({ length: 64 * seed }, chance)))
}
// Tokens and headers: sound ones, which the fuzzer spoils.
const id = '000102030405060708090a0b0c0d0e0f'
const [issued, open, authority, day] = [0, 60_000, 900_000, 86_400_000].map(ms => String(1_800_000_000_000 + ms))
const page = 'https://glossator.example:8443'
const payloads = {
  ticket: [id, 'a-1', 'annotate', issued, open, authority, page, 'u-1', 'Zoë 🎓', 'weur'],
  resume: [id, 'a-1', 'own', issued, authority, page, 'u-1', 'Zoë 🎓'],
  client: [id, 'a-1', 'read', issued, day, 'u-1', 'Zoë 🎓']
}
for (const [kind, lines] of Object.entries(payloads)) {
  const payload = Buffer.from(lines.join('\n'))
  write('ticket', Buffer.concat([Buffer.from([Object.keys(payloads).indexOf(kind) + 1]), payload]))
  const signature = Buffer.alloc(kind === 'resume' ? 32 : 64, 1).toString('base64url')
  write('ticket', Buffer.from(`\0${kind}.1.k.${payload.toString('base64url')}.${signature}`))
}
const session256 = Buffer.alloc(32, 7).toString('base64url')
const key = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'
for (const header of [
  `__Host-sid=${session256}`,
  `a=b; __Host-sid=${session256} ;c="d"`,
  `__Host-sid=${session256}; __Host-sid=${session256}`,
  'glossator.v1, ticket.1.k.cGF5bG9hZA.c2lnbmF0dXJl',
  'resume.1.k.cGF5bG9hZA.c2lnbmF0dXJl,glossator.v2 , glossator.v1',
  'token=client.1.k.cGF5bG9hZA.c2lnbmF0dXJl',
  'user=Zo%C3%AB&token=client.1.k.cGF5bG9hZA.c2lnbmF0dXJl&token=a',
  page,
  'https://a.example, http://127.0.0.1:8787,http://[::1]:81',
  `a:${key},b-_9:${key}`,
  id,
  'Zoë 🎓'
]) write('headers', Buffer.from(header))
console.log(Object.entries(written).map(([target, count]) => `${target}: ${count}`).join(', '))
