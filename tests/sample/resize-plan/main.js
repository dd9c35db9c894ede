import { distinctWidths } from './lib/widths.js';

export default function main({ image, shown, densities = [1, 2] }) {
  const wanted = shown.flatMap((width) => densities.map((density) => Math.ceil(width * density)));
  const widths = distinctWidths(wanted, image.width);
  const ratio = image.height / image.width;
  return { sizes: widths.map((width) => ({ width, height: Math.round(width * ratio) })) };
}
