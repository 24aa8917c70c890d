/** How long after its last use a thing is kept, so that what takes many turns of the event loop, such as gathering maps, need not make it anew. */
const quietMs = 1000;

/** To be called at each use of something: `release` is called when it has not been used for a while. Does not keep the process from ending. */
export function whileUsed(release: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  return () => {
    if (timer === undefined) timer = setTimeout(release, quietMs).unref();
    else timer.refresh();
  };
}
