function main(input) {
  const total = input.items.reduce((sum, item) => {
    return sum + item.price;
  }, 0;
  return { total };
}
