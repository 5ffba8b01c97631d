// Lets a selection begin on a link in the text. Browsers drag the link instead, even one that must not be dragged.

/** While a link in the text is pressed with a mouse it is none; let go, it is one again, and is followed if clicked. */
export function letLinksBeSelected(root: HTMLElement, signal: AbortSignal): void {
  root.addEventListener(
    'pointerdown',
    ({ target, button, pointerType }) => {
      const link = target instanceof Element ? target.closest('.t-body a') : null;
      const address = link?.getAttribute('href') ?? null;
      if (link === null || address === null || button !== 0 || pointerType === 'touch') {
        return;
      }
      link.removeAttribute('href');
      const letGo = new AbortController();
      for (const end of ['pointerup', 'pointercancel', 'blur']) {
        const restore = (): void => {
          link.setAttribute('href', address);
          letGo.abort();
        };
        window.addEventListener(end, restore, { signal: letGo.signal, capture: true });
      }
    },
    { signal },
  );
}
