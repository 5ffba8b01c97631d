// Moments as a field for a date and an hour has them, in the time of whoever enters them. Pure.

/** What a field shows for a moment of the host; empty for none. */
export function fieldOf(moment: string | null): string {
  const at = moment === null ? Number.NaN : Date.parse(moment);
  if (Number.isNaN(at)) {
    return '';
  }
  const date = new Date(at);
  const two = (part: number): string => String(part).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** The moment that a field shows; null for an empty or half-filled one. */
export function momentOf(field: string): string | null {
  const date = new Date(field);
  return field === '' || Number.isNaN(date.getTime()) ? null : date.toISOString();
}
