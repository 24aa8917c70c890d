/**
 * Gives out ids for names: `layer-conv1`, and `layer-conv1.2` when the same name comes again (a shared layer, or one that was replaced). Blanks can't
 * be in an id.
 */
export function anchors(kind: string): (name: string) => string {
  const taken = new Map<string, number>();
  return (name) => {
    const id = `${kind}-${name.replace(/\s+/g, '_')}`;
    const times = (taken.get(id) ?? 0) + 1;
    taken.set(id, times);
    return times === 1 ? id : `${id}.${times}`;
  };
}
