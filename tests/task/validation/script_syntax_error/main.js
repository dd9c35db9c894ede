export default function run(input) {
  const value = ;
  return value;
}
