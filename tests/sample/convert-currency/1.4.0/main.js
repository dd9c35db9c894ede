function main(input) {
  var rate = input.rates[input.to] / input.rates[input.from];
  if (!isFinite(rate)) {
    throw new Error('no rate from ' + input.from + ' to ' + input.to);
  }
  return { amount: Math.round(input.amount * rate * 100) / 100, currency: input.to };
}
