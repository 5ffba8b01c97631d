// A case for paper: the text with its highlights numbered, and each discussion below the paragraph it is about.

import { useEffect, useMemo } from 'preact/hooks';

import { contentsOf } from '../../marginalia/contents.ts';
import type { Comment, Highlight } from '../../marginalia/model.ts';
import { printable } from '../../marginalia/printable.ts';
import type { PrintedBlock, PrintedNote, PrintedPiece } from '../../marginalia/printable.ts';
import { momentWords } from '../base/time_words.ts';
import { Swatch } from '../tags/swatch.tsx';
import { useDesk } from './desk.ts';

export function PrintView({ onClose }: { onClose: () => void }) {
  const desk = useDesk();
  const page = useMemo(() => printable(desk.text, contentsOf(desk.marginalia)), []);
  const notes = useMemo(() => new Map([...page.blocks.flatMap((block) => block.notes), ...page.orphans].map((note) => [note.number, note])), []);
  useEffect(() => {
    document.documentElement.classList.add('is-printing');
    document.querySelector<HTMLElement>('.print-tools button')?.focus();
    scrollTo(0, 0);
    return () => document.documentElement.classList.remove('is-printing');
  }, []);
  return (
    <main class="print-view">
      <p class="print-tools row">
        <button type="button" class="primary" onClick={() => print()}>
          Print
        </button>
        <button type="button" class="quiet" onClick={onClose}>
          Back to the case
        </button>
      </p>
      <h1 dir="auto">{page.title}</h1>
      <p class="hint">
        {notes.size} annotations by {page.people.map(({ name }) => name).join(', ') || 'nobody'}, as of {momentWords(Date.now())}.
      </p>
      {page.legend.length > 0 && (
        <ul class="print-legend">
          {page.legend.map((tag) => (
            <li key={tag.id}>
              <Swatch look={tag} /> {tag.name}
            </li>
          ))}
        </ul>
      )}
      {page.blocks.map((block) => (
        <Block key={block.id} block={block} notes={notes} />
      ))}
      {page.orphans.length > 0 && (
        <section>
          <h2>Without a certain place in this text</h2>
          {page.orphans.map((note) => (
            <Note key={note.number} note={note} withQuote />
          ))}
        </section>
      )}
    </main>
  );
}

function Block({ block, notes }: { block: PrintedBlock; notes: ReadonlyMap<number, PrintedNote> }) {
  const isHeading = block.kind === 'part' || block.kind === 'heading' || block.kind === 'subheading' || block.kind === 'speaker';
  const pieces = block.pieces.map((piece, index) => <Piece key={index} piece={piece} notes={notes} />);
  return (
    <div class={`print-block print-${block.kind}`}>
      {isHeading ? (
        <h2 dir="auto">{pieces}</h2>
      ) : (
        <p dir="auto">
          {block.label !== null && <span class="print-label">{block.label}</span>}
          {pieces}
        </p>
      )}
      {block.notes.map((note) => (
        <Note key={note.number} note={note} withQuote={false} />
      ))}
    </div>
  );
}

function Piece({ piece, notes }: { piece: PrintedPiece; notes: ReadonlyMap<number, PrintedNote> }) {
  const look = notes.get(piece.highlights.at(-1) ?? 0)?.tag ?? null;
  const words = piece.marks.includes('strong') ? <strong>{piece.text}</strong> : piece.marks.includes('emphasis') ? <em>{piece.text}</em> : piece.text;
  return (
    <>
      {piece.highlights.length === 0 ? words : <mark class={`print-mark colour-${look?.colour ?? 'slate'} pattern-${look?.pattern ?? 'solid'}`}>{words}</mark>}
      {piece.ends.map((number) => (
        <sup key={number}>{number}</sup>
      ))}
    </>
  );
}

function Note({ note, withQuote }: { note: PrintedNote; withQuote: boolean }) {
  const { highlight, tag, comments, number } = note;
  return (
    <aside class={`print-note colour-${tag?.colour ?? 'slate'}`}>
      <p>
        <strong>
          {number} {tag?.name ?? 'No tag'}
        </strong>{' '}
        {whoWhen(highlight)}
        {highlight.resolvedAt === null ? '' : ', resolved'}
      </p>
      {withQuote && <blockquote dir="auto">{highlight.target.quote}</blockquote>}
      {comments.map((comment) => (
        <p key={comment.id} class={comment.depth > 0 ? 'print-reply' : ''} dir="auto">
          <strong>{comment.author}</strong> {comment.text}
        </p>
      ))}
    </aside>
  );
}

function whoWhen({ author, createdAt, isImported }: Highlight | Comment): string {
  return [author, isImported ? 'imported' : '', createdAt === null ? '' : momentWords(createdAt)].filter(Boolean).join(', ');
}
