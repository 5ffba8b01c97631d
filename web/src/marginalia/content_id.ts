// An id for something that has none: the same for the same content, so that importing it twice makes it once.

export function contentId(content: unknown): string {
  const text = JSON.stringify(content);
  return `imported-${[1, 2, 3].map((seed) => hash(text, seed).toString(16).padStart(8, '0')).join('')}`;
}

/** MurmurHash3's mixing of 32 bits. Enough against chance; nobody gains anything by a collision. */
function hash(text: string, seed: number): number {
  let state = seed;
  for (let index = 0; index < text.length; index += 1) {
    const unit = Math.imul(text.charCodeAt(index), 0xcc9e2d51);
    state ^= Math.imul((unit << 15) | (unit >>> 17), 0x1b873593);
    state = (Math.imul((state << 13) | (state >>> 19), 5) + 0xe6546b64) | 0;
  }
  state ^= text.length;
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
}
