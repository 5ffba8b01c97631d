// Random edits of the sorts that the page makes.

import * as Y from 'yjs';

/** One random edit of the sorts that the page makes. */
export function edit(doc: Y.Doc, random: () => number): void {
  const below = (limit: number): number => Math.floor(random() * limit);
  const root = doc.getMap(['comments', 'highlights'][below(2)] ?? '');
  const id = `id${below(5)}`;
  const notes = doc.getText('notes');
  const entry = root.get(id);
  switch (below(6)) {
    case 0:
      root.set(id, new Y.Map(Object.entries({ text: `t${below(100)}`, at: below(9) })));
      break;
    case 1:
      root.delete(id);
      break;
    case 2:
      if (entry instanceof Y.Map) {
        entry.set(['text', 'tag'][below(2)] ?? '', `v${below(100)}`);
      }
      break;
    case 3:
      if (notes.length > 3) {
        notes.delete(below(notes.length - 3), 1 + below(3));
      }
      break;
    case 4:
      if (notes.length > 3 && below(3) === 0) {
        notes.format(below(notes.length - 3), 3, { bold: below(2) === 0 ? true : null });
      }
      break;
    default:
      notes.insert(below(notes.length + 1), 'abcdefgh'.slice(below(4), 4 + below(4)));
  }
}
