// The page of one's account, `/account`.

import { AccountPage } from './account/account_page.tsx';
import { openPage } from './site/open_page.tsx';

openPage(AccountPage);
