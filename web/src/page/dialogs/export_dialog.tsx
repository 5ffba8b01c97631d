// Taking a case's annotations out of it.

import { contentsOf } from '../../marginalia/contents.ts';
import { exportCsv } from '../../marginalia/csv.ts';
import { exportJsonLd } from '../../marginalia/export.ts';
import { Dialog } from '../base/dialog.tsx';
import { fileNameOf, saveFile } from '../base/save_file.ts';
import { useDesk } from '../desk/desk.ts';

export function ExportDialog({ onClose }: { onClose: () => void }) {
  const desk = useDesk();
  const { marginalia, text, head } = desk;
  const count = marginalia.highlights.value.size;
  const save = (suffix: string, type: string, content: string): void => {
    saveFile(fileNameOf(text.title, suffix), type, content);
    desk.notices.say('The file was saved to your downloads.');
    onClose();
  };
  return (
    <Dialog title="Export" onClose={onClose}>
      <p>
        {count === 1 ? 'One annotation' : `${count} annotations`} with all comments, as they are at this moment, unsent ones
        included.
      </p>
      <div class="ways">
        <button
          type="button"
          class="way"
          onClick={() =>
            save(
              'jsonld',
              'application/ld+json',
              exportJsonLd(contentsOf(marginalia), { title: text.title, text: text.text, textHash: head?.text ?? '' }, Date.now()),
            )
          }
        >
          <strong>JSON-LD</strong>
          <span class="hint">W3C Web Annotation. Can be imported into another case with the same text.</span>
        </button>
        <button type="button" class="way" onClick={() => save('csv', 'text/csv', exportCsv(contentsOf(marginalia)))}>
          <strong>CSV</strong>
          <span class="hint">One line for each comment, for spreadsheets.</span>
        </button>
        <button
          type="button"
          class="way"
          onClick={() => {
            desk.isPrinting.value = true;
            onClose();
          }}
        >
          <strong>Page for printing</strong>
          <span class="hint">The text with its highlights, and the discussions below each paragraph.</span>
        </button>
      </div>
    </Dialog>
  );
}
