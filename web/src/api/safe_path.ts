// Where to go on to after signing in: a page of ours, whatever an address says. Pure.

const HOME = '/';

/**
 * The path of a page of this origin, with its query and fragment; the front page for anything else.
 *
 * What the browser reads is judged and given back, not the words themselves: `/\other.example`, a tab before the second
 * slash and the like are other origins to it. A path that begins with two slashes would be one when it is used.
 */
export function safePath(to: string | null, origin: string): string {
  if (to === null || !to.startsWith('/')) {
    return HOME;
  }
  const url = URL.canParse(to, origin) ? new URL(to, origin) : null;
  if (url === null || url.origin !== origin || url.pathname.startsWith('//') || url.pathname === '/sign-in') {
    return HOME;
  }
  return `${url.pathname}${url.search}${url.hash}`;
}

/** The address of the page for signing in that comes back to a path. */
export function signInAddress(from: string): string {
  return from === HOME ? '/sign-in' : `/sign-in?to=${encodeURIComponent(from)}`;
}

/** Whether a page may be left for an address of a provider: nothing but the web, and never a script. */
export function isWebAddress(address: string): boolean {
  return URL.canParse(address) && /^https?:$/.test(new URL(address).protocol);
}
