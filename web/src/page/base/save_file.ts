// Giving a file to the person.

/** Offers a text as a download. */
export function saveFile(name: string, type: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // The download has begun by then; revoked at once, some browsers would lose it.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** A file name of a title that every system takes. */
export function fileNameOf(title: string, suffix: string): string {
  const plain = title
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  return `${plain === '' ? 'case' : plain}.${suffix}`;
}
