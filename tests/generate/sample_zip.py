#!/usr/bin/env python3
"""Writes sample/invoice-total.zip, byte for byte the same each time.

The archive is kept in the repository, so this is only run to change it:
    python3 tests/generate/sample_zip.py
"""

import pathlib
import zipfile

FILES = {
    "metadata.json": """{
  "uuid": "9b8a7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c09",
  "version": "1.0.3",
  "label": "Invoice total",
  "description": "Adds up an invoice with its taxes. Lives in an archive."
}
""",
    "main.js": """export function lineTotal({ quantity, price, discount = 0 }) {
  return Math.round(quantity * price * (1 - discount));
}

// Amounts are in cents. Taxes are rounded once per rate, as the law of most countries wants it.
export default function main({ lines }) {
  const byRate = new Map();
  for (const line of lines) {
    byRate.set(line.taxRate, (byRate.get(line.taxRate) ?? 0) + lineTotal(line));
  }
  const taxes = [...byRate].map(([rate, net]) => ({ rate, net, tax: Math.round(net * rate) }));
  const net = taxes.reduce((sum, tax) => sum + tax.net, 0);
  return { net, taxes, total: taxes.reduce((sum, tax) => sum + tax.tax, net) };
}
""",
    "input.schema.json": """{
  "$schema": "http://json-schema.org/draft-07/schema#",
  "type": "object",
  "properties": {
    "lines": {
      "type": "array",
      "items": {
        "type": "object",
        "properties": {
          "quantity": { "type": "number", "exclusiveMinimum": 0 },
          "price": { "type": "integer" },
          "discount": { "type": "number", "minimum": 0, "maximum": 1 },
          "taxRate": { "type": "number", "minimum": 0 }
        },
        "required": ["quantity", "price", "taxRate"]
      }
    }
  },
  "required": ["lines"]
}
""",
    "output.schema.json": """{
  "$schema": "http://json-schema.org/draft-07/schema#",
  "type": "object",
  "properties": {
    "net": { "type": "integer" },
    "taxes": { "type": "array", "items": { "type": "object" } },
    "total": { "type": "integer" }
  },
  "required": ["net", "taxes", "total"]
}
""",
}


def main():
    path = pathlib.Path(__file__).resolve().parent.parent / "sample" / "invoice-total.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in FILES.items():
            entry = zipfile.ZipInfo(f"invoice-total/{name}", date_time=(2024, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, text, compresslevel=9)


main()
