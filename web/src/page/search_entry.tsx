// The search over all cases, `/search?q=`.

import { SearchPage } from './search/search_page.tsx';
import { openPage } from './site/open_page.tsx';

openPage(SearchPage);
