// Amounts are integers of wei, as texts in JSON and as BigInt here: nothing is ever rounded but
// what is shown, and what is shown is cut off, never rounded up.

const WEI_IN_OPEN = 10n ** 18n;

/**
 * An amount in OPEN, cut off after some significant decimals.
 *
 * @param {bigint} wei may be negative
 * @param {number} [decimals] how many places after the point at most
 * @returns {string} such as `0.0125`, `-3`; `<0.000001` for what is not nothing but would show so
 */
export function open(wei, decimals = 6) {
  const sign = wei < 0n ? '\u2212' : '';
  const amount = wei < 0n ? -wei : wei;
  const whole = amount / WEI_IN_OPEN;
  const fraction = (amount % WEI_IN_OPEN)
    .toString()
    .padStart(18, '0')
    .slice(0, decimals)
    .replace(/0+$/, '');
  if (whole === 0n && fraction === '' && amount > 0n) {
    return `${sign}<0.${'0'.repeat(decimals - 1)}1`;
  }
  return sign + whole.toLocaleString('en-GB') + (fraction === '' ? '' : `.${fraction}`);
}

/**
 * A part of a whole in percent with one decimal.
 *
 * @param {bigint} part
 * @param {bigint} whole
 * @returns {string}
 */
export function percent(part, whole) {
  if (whole === 0n) {
    return '0\u00a0%';
  }
  const tenths = (part * 1000n + whole / 2n) / whole;
  const fraction = tenths % 10n;
  return `${tenths / 10n}${fraction === 0n ? '' : `.${fraction}`}\u00a0%`;
}

/** Percent as a number, for the widths of bars. */
export function portion(part, whole) {
  return whole === 0n ? 0 : Number((part * 10000n) / whole) / 100;
}

/**
 * A share as it is typed, in percent, in basis points.
 *
 * @param {string} typed such as `33.33`
 * @returns {number} NaN when it is not a number with at most two decimals
 */
export function basisPoints(typed) {
  const match = /^\s*(\d{1,5})(?:[.,](\d{1,2}))?\s*$/.exec(typed);
  return match ? Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0')) : NaN;
}

/**
 * Sums credits by account, largest first.
 *
 * @param {{role: string, account: string, contribution?: string, amount: string}[]} credits
 * @returns {{account: string, roles: Set<string>, contributions: Set<string>, amount: bigint}[]}
 */
export function byAccount(credits) {
  const accounts = new Map();
  for (const { role, account, contribution, amount } of credits) {
    const one = accounts.get(account) ?? {
      account,
      roles: new Set(),
      contributions: new Set(),
      amount: 0n,
    };
    one.roles.add(role);
    if (contribution) {
      one.contributions.add(contribution);
    }
    one.amount += BigInt(amount);
    accounts.set(account, one);
  }
  return [...accounts.values()].sort((a, b) =>
    a.amount === b.amount ? a.account.localeCompare(b.account) : a.amount < b.amount ? 1 : -1,
  );
}
