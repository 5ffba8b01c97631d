// Whether the person of this browser is one whom the host knows, or only a name that was given here.

/** Ids of the host; the page's own begin with `u-`. */
const ACCOUNT = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether an id is of somebody who has signed in. */
export function isAccount(id: string): boolean {
  return ACCOUNT.test(id);
}
