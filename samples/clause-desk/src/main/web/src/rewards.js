// How far an answer's reward is. What an address has earned, what is under a root and what was paid
// are totals that only grow: an answer's reward has come as far as the total right after it.

/** The stages in their order. */
export const STAGES = ['earned', 'closed', 'posted', 'claimable', 'paid'];

/**
 * Whom an answer pays, and what to wait for.
 *
 * @param {{account: string, amount: bigint}[]} payees of the answer, each account once
 * @param {{id: string, earned: string, address?: string}[]} accounts right after the answer
 * @returns {{id: string, amount: bigint, address?: string, target?: bigint}[]} without address and
 *     target where nobody knows where to pay it
 */
export function followed(payees, accounts) {
  const known = new Map(accounts.map((one) => [one.id, one]));
  // accounts of one address are paid together
  const totals = new Map();
  for (const { address, earned } of accounts) {
    if (address) {
      totals.set(address, (totals.get(address) ?? 0n) + BigInt(earned));
    }
  }
  return payees.map(({ account, amount }) => {
    const address = known.get(account)?.address;
    return address
      ? { id: account, amount, address, target: totals.get(address) }
      : { id: account, amount };
  });
}

/**
 * How far one account's reward is.
 *
 * @param {bigint} target the total to wait for
 * @param {{closed?: string, claimed?: string, claimable?: string} | undefined} one as the server says
 * @param {{epoch: number, stands: boolean}[]} roots that were handed to the chain
 * @param {number | undefined} since the first epoch that was seen to have the total
 * @returns {number} an index of STAGES
 */
export function stageOf(target, one, roots, since) {
  const claimed = BigInt(one?.claimed ?? '0');
  if (claimed >= target) {
    return 4;
  }
  if (claimed + BigInt(one?.claimable ?? '0') >= target) {
    return 3;
  }
  if (BigInt(one?.closed ?? '0') < target) {
    return 0;
  }
  return since !== undefined && roots.some(({ epoch, stands }) => stands && epoch >= since) ? 2 : 1;
}

/**
 * The root that counts for an epoch: the first one at or after it that stands, else the newest that
 * does not, which says why.
 */
export function rootFor(roots, since) {
  const later = roots.filter(({ epoch }) => since !== undefined && epoch >= since);
  return later.filter(({ stands }) => stands).at(-1) ?? later[0];
}

/** A time to wait, in words: `59 min 8 s`. */
export function waiting(millis) {
  const seconds = Math.max(0, Math.ceil(millis / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  if (hours > 0) {
    return `${hours} h ${minutes} min`;
  }
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}
