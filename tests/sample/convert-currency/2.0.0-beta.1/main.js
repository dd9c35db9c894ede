// Amounts are whole minor units, so that no cent is lost to binary fractions.
const DIGITS = { JPY: 0, KRW: 0, BHD: 3, KWD: 3 };
const digitsOf = (currency) => DIGITS[currency] ?? 2;

class MissingRate extends Error {
  constructor(from, to) {
    super(`no rate from ${from} to ${to}`);
    this.name = 'MissingRate';
  }
}

export default function main({ amount, from, to, rates }) {
  const rate = rates[to] / rates[from];
  if (!Number.isFinite(rate)) throw new MissingRate(from, to);
  const major = amount / 10 ** digitsOf(from);
  return { amount: Math.round(major * rate * 10 ** digitsOf(to)), currency: to, rate };
}
