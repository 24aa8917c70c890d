/** Something that keeps the set-up from going on and that a person can mend: one message, and the way out. */
export class SetupProblem extends Error {
  /** @param {string} message @param {string} wayOut @param {unknown} [cause] */
  constructor(message, wayOut, cause) {
    super(message, { cause });
    this.name = 'SetupProblem';
    this.wayOut = wayOut;
  }
}

/** What a failed step's output says about its cause, where it is one of those that have a known way out. @param {string} output */
export function knownProblem(output) {
  if (/ENOSPC|no space left on device|EDQUOT|disk quota exceeded/i.test(output))
    return { what: 'the disk is full', wayOut: 'Free some space and run it again: it goes on where it stopped.' };
  if (
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|no such host|dial tcp|network is unreachable|i\/o timeout/i.test(
      output,
    )
  )
    return {
      what: 'the network did not let it through',
      wayOut: 'Check the connection, or set HTTPS_PROXY or the registry of your network, and run it again.',
    };
  return undefined;
}
