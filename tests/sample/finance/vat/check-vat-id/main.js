'use strict';

const FORMS = {
  AT: /^U\d{8}$/,
  BE: /^[01]\d{9}$/,
  DE: /^\d{9}$/,
  FR: /^[A-HJ-NP-Z0-9]{2}\d{9}$/,
  NL: /^\d{9}B\d{2}$/,
};

const CHECKS = {
  // ISO 7064, MOD 11, 10
  DE(digits) {
    let product = 10;
    for (const digit of digits.slice(0, 8)) {
      let sum = (Number(digit) + product) % 10;
      if (sum === 0) sum = 10;
      product = (2 * sum) % 11;
    }
    return (11 - product) % 10 === Number(digits[8]);
  },
  BE(digits) {
    return 97 - (Number(digits.slice(0, 8)) % 97) === Number(digits.slice(8));
  },
};

function main({ number }) {
  const plain = number.replace(/[\s.-]/g, '').toUpperCase();
  const country = plain.slice(0, 2);
  const rest = plain.slice(2);
  const formed = FORMS[country]?.test(rest) ?? false;
  const checked = formed && (CHECKS[country]?.(rest) ?? true);
  return { country, formed, valid: checked };
}
