// The short words at the lower edge, each with what can be done about it.

import { Icon } from '../base/icons.tsx';
import type { Notices } from '../desk/notices.ts';

export function NoticeList({ notices }: { notices: Notices }) {
  return (
    <ul class="notices" aria-label="Notices">
      {notices.list.value.map((notice) => (
        <li key={notice.id} data-notice={notice.id} class={notice.isAlert ? 'notice is-alert' : 'notice'}>
          <span>{notice.words}</span>
          {notice.action !== null && (
            <button
              type="button"
              class="link"
              onClick={() => {
                notice.action?.run();
                notices.hide(notice.id);
              }}
            >
              {notice.action.label}
            </button>
          )}
          <button type="button" class="quiet square" aria-label="Dismiss" onClick={() => notices.hide(notice.id)}>
            <Icon name="close" />
          </button>
        </li>
      ))}
    </ul>
  );
}
