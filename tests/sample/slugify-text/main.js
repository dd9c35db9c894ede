const REPLACEMENTS = new Map([
  ['ß', 'ss'],
  ['æ', 'ae'],
  ['ø', 'o'],
  ['ł', 'l'],
]);

/** Without accents: é is e and a combining mark once decomposed. */
function unaccent(text) {
  return text.normalize('NFD').replace(/\p{M}/gu, '');
}

export function slugify(title, { separator = '-', limit = 80 } = {}) {
  const lower = title.toLowerCase();
  const replaced = [...lower].map((letter) => REPLACEMENTS.get(letter) ?? letter).join('');
  const words = unaccent(replaced).match(/[a-z0-9]+/g) ?? [];
  let slug = '';
  for (const word of words) {
    const next = slug ? `${slug}${separator}${word}` : word;
    if (next.length > limit) break;
    slug = next;
  }
  return slug;
}

export default async function main(input) {
  const slug = slugify(input.title, input.options);
  return { slug, length: slug.length };
}
