/** A canvas knows no custom properties: each is put on an element, and the colour that comes out is read. */
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
