"""Builds an index with Tantivy from prepared text: `python tantivy_build.py PREPARED FOLDER`, in Tantivy's environment.

PREPARED has one JSON object a line: `id`, `stored` (a string), and the fields of terms, each a string with spaces
between. Like ours, the index keeps which documents have a term, neither how often nor where, and gives back what is
stored. Prints the seconds of the clock and of the processor, without those that reading PREPARED takes.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import tantivy

FIELDS = ("asked", "answered", "characters", "sound")


def main(prepared: Path, folder: Path) -> None:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("id", stored=True, indexed=True)
    builder.add_bytes_field("stored", stored=True)
    for field in FIELDS:
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="basic")
    folder.mkdir()
    took = processor = 0.0
    began, at_first = time.perf_counter(), time.process_time()
    index = tantivy.Index(builder.build(), path=str(folder))
    writer = index.writer(heap_size=512_000_000)
    took, processor = took + time.perf_counter() - began, processor + time.process_time() - at_first
    with prepared.open(encoding="utf-8") as lines:
        for line in lines:
            fields = json.loads(line)
            fields["stored"] = fields["stored"].encode()
            began, at_first = time.perf_counter(), time.process_time()
            writer.add_document(tantivy.Document(**{name: [value] for name, value in fields.items()}))
            took, processor = took + time.perf_counter() - began, processor + time.process_time() - at_first
    began, at_first = time.perf_counter(), time.process_time()
    writer.commit()
    writer.wait_merging_threads()
    took, processor = took + time.perf_counter() - began, processor + time.process_time() - at_first
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    print(json.dumps({"clock": took, "processor": processor, "bytes": size}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
