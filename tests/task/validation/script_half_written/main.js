export default function run(input) {
  const value = 1;
