// Starts the page of a case. All else is in `case_main.tsx`, which the later part names too: so everything that both need
// is one part of the bundle instead of many small ones.

import './case_main.tsx';
