// What did not succeed, where it was tried.

/** Always there, so that screen readers hear of what comes into it. */
export function Problem({ words, id }: { words: string | null; id?: string }) {
  return (
    <p class="warning" role="alert" id={id}>
      {words ?? ''}
    </p>
  );
}
