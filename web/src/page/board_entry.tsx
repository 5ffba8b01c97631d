// The page of a board, `/boards/{id}`.

import { BoardPage } from './board/board_page.tsx';
import { openPage } from './site/open_page.tsx';

openPage(BoardPage);
