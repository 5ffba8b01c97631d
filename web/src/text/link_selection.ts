// Lets a selection begin on a link in the text. Browsers drag the link instead, even one that must not be dragged.

/**
 * While a link in the text is pressed with a mouse it is none; let go, it is one again, and is followed if clicked. And
 * while anything in the text is pressed the page has the class `t-selecting`, so that it can keep a selection from running
 * into what stands beside the text.
 */
export function preparePresses(root: HTMLElement, signal: AbortSignal): void {
  const { classList } = document.documentElement;
  let restore = (): void => {};
  const letGo = (): void => {
    classList.remove('t-selecting');
    restore();
    restore = () => {};
  };
  const press = ({ target, button, pointerType }: PointerEvent): void => {
    letGo();
    classList.add('t-selecting');
    const link = target instanceof Element ? target.closest('.t-body a[href]') : null;
    if (link !== null && button === 0 && pointerType !== 'touch') {
      const address = link.getAttribute('href') ?? '';
      link.removeAttribute('href');
      restore = () => link.setAttribute('href', address);
    }
  };
  root.addEventListener('pointerdown', press, { signal });
  for (const end of ['pointerup', 'pointercancel', 'blur']) {
    window.addEventListener(end, letGo, { signal, capture: true });
  }
  signal.addEventListener('abort', letGo);
}
