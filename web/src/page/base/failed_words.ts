/** Why a part of the page is missing. */
export const FAILED_WORDS =
  'This part of the page could not be fetched. Try again when the connection is back; if the page has been open for long, reload it.';
