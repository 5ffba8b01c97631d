// Leaving for the page for signing in, which comes back.

import { signInAddress } from '../../api/safe_path.ts';

export function leaveForSignIn(): void {
  location.replace(signInAddress(location.pathname + location.search + location.hash));
}
