// Enrolling a list of people from a file, and what came of each of its lines.

import { useSignal } from '@preact/signals';
import { useId, useRef } from 'preact/hooks';

import { ROSTER_BYTES_MAX, sendRoster } from '../../api/roster.ts';
import type { RefusedLine, RosterReport } from '../../api/roster.ts';
import type { WholeClass } from '../../api/classes.ts';
import { Dialog } from '../base/dialog.tsx';
import { useParts } from '../base/in_parts.tsx';
import { Problem } from '../base/problem.tsx';
import { useSending } from '../base/sending.ts';
import { refresh, say } from './class_state.ts';
import { summaryOf } from './roster_words.ts';
import { counted } from './words.ts';

export function Roster({ whole }: { whole: WholeClass }) {
  const id = useId();
  const file = useRef<HTMLInputElement>(null);
  const sending = useSending();
  const report = useSignal<RosterReport | null>(null);
  const take = async (chosen: File | undefined): Promise<void> => {
    if (chosen === undefined) {
      return;
    }
    if (chosen.size > ROSTER_BYTES_MAX) {
      sending.refuse(`${chosen.name} is too large: a list may have up to ${Math.floor(ROSTER_BYTES_MAX / 1024)} kB. Divide it into several.`);
    } else {
      const csv = await read(chosen);
      if (csv === null) {
        sending.refuse(`${chosen.name} is not a text in UTF-8. Export the list as CSV.`);
      } else {
        await sending.send(() => sendRoster(whole.id, csv), async (made) => {
          report.value = made;
          await refresh();
          say(summaryOf(made));
        });
      }
    }
    if (file.current !== null) {
      // The same file, mended, can be chosen once more.
      file.current.value = '';
    }
  };
  return (
    <section class="box" aria-label="List of people">
      <h2>Enrol a list</h2>
      <p class="hint" id={`${id}-hint`}>
        A CSV file as Moodle exports it, with a column for the e-mail address. Who has not signed in yet is enrolled when they do. A column of groups says in which
        section people are.
      </p>
      <p class="row">
        <label class="quiet framed file-button" aria-disabled={sending.isSending.value}>
          {sending.isSending.value ? 'Enrolling…' : 'Choose a file'}
          <input ref={file} class="unseen" type="file" accept=".csv,text/csv" aria-describedby={`${id}-hint ${id}-problem`} onChange={({ currentTarget }) => void take(currentTarget.files?.[0])} />
        </label>
      </p>
      <Problem words={sending.problem.value} id={`${id}-problem`} />
      {report.value !== null && <Report report={report.value} onClose={() => (report.value = null)} />}
    </section>
  );
}

function Report({ report, onClose }: { report: RosterReport; onClose: () => void }) {
  const { refused, refusedCount, unplaced } = report;
  return (
    <Dialog title="The list has been read" onClose={onClose} isWide>
      <p>{summaryOf(report)}</p>
      {refusedCount > 0 && (
        <>
          <p class="warning">{counted(refusedCount, 'line was', 'lines were')} not understood. All others count; mend these and send the file again.</p>
          <Lines lines={refused} label="Refused lines" why="Why it was refused" />
        </>
      )}
      {unplaced.length > 0 && (
        <>
          <p class="warning">Of {counted(unplaced.length, 'line', 'lines')} it cannot be told which section is meant. These people are enrolled, and stay where they were.</p>
          <Lines lines={unplaced} label="Lines without a section" why="Why it is in none" />
        </>
      )}
    </Dialog>
  );
}

function Lines({ lines, label, why: reason }: { lines: readonly RefusedLine[]; label: string; why: string }) {
  const { shown, more } = useParts(lines, 'lines');
  return (
    <div class="scrolled" role="region" aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Line</th>
            <th scope="col">What it says</th>
            <th scope="col">{reason}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ line, text, why }) => (
            <tr key={line}>
              <td class="number">{line}</td>
              <td dir="auto">
                <code>{text}</code>
              </td>
              <td>{why}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {more}
    </div>
  );
}

async function read(file: File): Promise<string | null> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
  } catch {
    return null;
  }
}
