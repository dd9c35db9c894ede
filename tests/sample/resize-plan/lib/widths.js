export function distinctWidths(wanted, limit) {
  const sorted = [...new Set(wanted.map((width) => Math.min(width, limit)))].sort((a, b) => a - b);
  return sorted.filter((width, i) => i === sorted.length - 1 || width < sorted[i + 1] * 0.9);
}
