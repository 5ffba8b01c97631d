// The page of an invitation, `/join/{code}`.

import { render } from 'preact';

import { followTheme } from './base/settings.ts';
import { JoinPage } from './join/join_page.tsx';
import { forgetWhenBack } from './site/open_page.tsx';

followTheme();
forgetWhenBack();
const root = document.getElementById('page') ?? document.body;
root.replaceChildren();
render(<JoinPage />, root);
