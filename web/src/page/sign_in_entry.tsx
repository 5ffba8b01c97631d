// The page for signing in, `/sign-in`.

import { render } from 'preact';

import { followTheme } from './base/settings.ts';
import { SignInPage } from './sign_in/sign_in_page.tsx';
import { begin } from './sign_in/stage.ts';
import { forgetWhenBack } from './site/open_page.tsx';

followTheme();
forgetWhenBack();
void begin();
// A mail's link that is opened where this page is open already changes nothing but the fragment.
addEventListener('hashchange', () => location.reload());
const root = document.getElementById('page') ?? document.body;
root.replaceChildren();
render(<SignInPage />, root);
