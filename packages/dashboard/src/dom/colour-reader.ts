/** A canvas cannot use custom properties: each is set on an element, and the computed colour is read. */
export function colourReader(place: HTMLElement): (property: string) => string {
  const probe = document.createElement('span');
  place.append(probe);
  probe.hidden = true;
  queueMicrotask(() => probe.remove());
  return (property) => {
    probe.style.color = `var(${property})`;
    return getComputedStyle(probe).color;
  };
}
