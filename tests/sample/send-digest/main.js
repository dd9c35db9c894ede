const byDate = (a, b) => b.published.localeCompare(a.published);

function* pages(items, size) {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}

function render(reader, items) {
  const lines = items.map(({ title, link }) => `- ${title}\n  ${link}`);
  return [`Dear ${reader.name},`, '', ...lines, '', 'Until next week'].join('\n');
}

export default async function main({ readers, items, pageSize = 10 }) {
  const messages = [];
  for (const reader of readers) {
    const wanted = items
      .filter((item) => item.topics.some((topic) => reader.topics?.includes(topic)))
      .sort(byDate);
    for (const page of pages(wanted, pageSize)) {
      messages.push({ to: reader.email, body: render(reader, page) });
    }
  }
  return { messages, count: messages.length };
}
