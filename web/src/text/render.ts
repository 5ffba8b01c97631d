// From the structure of a text to elements.
import type { CaseText } from './case_text.ts';
import type { TextView } from './text_view.ts';

/** Shows a text in an empty container: head, contents, blocks, licence. Sets nothing as markup. */
export declare function renderText(container: HTMLElement, text: CaseText): TextView;
