function main(input) {
  return { upper: String(input.text).toUpperCase() };
}
