"""The embedded index on disk: generations of tantivy folders and a pointer to the one that counts. Blocking.

`search/current` names the generation; a rebuild makes another beside it and moves the pointer with one rename, so that
a reader sees the old one or the new one, whole. Each stored service carries its document, so that text and columns
always come from one commit.
"""

import contextlib
import os
import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from operator import and_
from pathlib import Path
from typing import Any

import numpy as np
import tantivy

from directory.errors import Unavailable
from directory.search import document as documents
from directory.search.columns import FIELDS
from directory.search.document import Document
from directory.search.filling import columns, merged
from directory.search.postings import Rows, Snapshot
from directory.search.prepared import Prepared, prepared

_HEAP = 30_000_000  # bytes of one writer
_WAIT = 10.0  # seconds for another writer to finish


def schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for name in FIELDS:
        # With positions: a phrase is asked for as one.
        builder.add_text_field(name, tokenizer_name="words", index_option="position")
    builder.add_text_field("id", tokenizer_name="raw", index_option="basic")
    # An integer field takes any int; an int in an unsigned one ends the writer's thread.
    builder.add_integer_field("stamp", fast=True, indexed=True)
    builder.add_bytes_field("document", stored=True)
    return builder.build()


class Generation:
    """One tantivy folder, and what this process knows of it. One that is only written to (`look` false) is not read."""

    def __init__(self, folder: Path, *, look: bool = True) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._schema = schema()
        self._index = tantivy.Index(self._schema, path=str(folder))
        analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        self._index.register_tokenizer("words", analyzer)
        self._index.config_reader("manual")
        self._read = b""
        self._last = 0  # the highest stamp; stamps only rise, whatever the clock does
        if look:
            self.snapshot = self._look(None)
        else:
            self._last = self._highest()

    def stale(self) -> bool:
        """Whether somebody committed since the snapshot was taken."""
        return self._meta() != self._read

    def reload(self) -> None:
        snapshot = self._look(self.snapshot)
        snapshot.warm_again()  # here, in a thread, and not at the next search
        self.snapshot = snapshot

    def change(self, put: Iterable[Document | Prepared], delete: Iterable[str]) -> None:
        """One commit: all of it is there afterwards, or nothing of it."""
        with self.writing() as writing:
            for gone in delete:
                writing.remove(gone)
            writing.add(put)

    @contextlib.contextmanager
    def writing(self) -> Iterator["Writing"]:
        """What is written in the block is committed at its end; nothing of it where the block raises."""
        writer = self._writer()
        writing = Writing(writer, max(self._last, time.time_ns()), new=not self._index.searcher().num_docs)
        try:
            yield writing
            writer.commit()
            writer.wait_merging_threads()
            self._last = writing.stamp
        finally:
            del writer, writing.writer

    def _writer(self) -> tantivy.IndexWriter:
        deadline = time.monotonic() + _WAIT
        while True:
            try:
                return self._index.writer(_HEAP, 1)
            except ValueError as error:
                if "Lock" not in str(error) or time.monotonic() > deadline:
                    raise Unavailable("the search index is being written by another process") from error
                time.sleep(0.05)

    def _look(self, before: Snapshot | None) -> Snapshot:
        self._read = self._meta()
        self._index.reload()
        searcher = self._index.searcher()
        hits: Any = searcher.search(
            tantivy.Query.all_query(), limit=max(searcher.num_docs, 1), count=False, order_by_field="stamp"
        ).hits
        stamps = np.fromiter((stamp for stamp, _ in hits), dtype=np.int64, count=len(hits))
        old = before.columns if before else columns([])
        self._last = max(self._last, int(stamps.max(initial=0)))
        seen = np.isin(stamps, old.stamps)
        # A part at a time: whole documents are many times as large as their columns.
        unseen = np.flatnonzero(~seen).tolist()
        unseen.sort(key=lambda at: int(hits[at][0]))
        new = columns([])
        part = max(500, len(unseen) // 20)
        for start in range(0, len(unseen), part):
            more = [
                (int(hits[at][0]), _document(searcher, hits[at][1])) for at in unseen[start : start + part]
            ]
            new = merged(new, np.ones(len(new), dtype=np.bool_), columns(more))
        keep = np.isin(old.stamps, stamps)
        if before is not None and keep.all() and not len(new):
            return before
        known: dict[str, int] = {}
        fields: dict[str, int] = {}  # word -> the fields that hold it, one bit each
        for at, name in enumerate(FIELDS):
            for word, holding in searcher.terms_with_prefix(name, ""):
                known[word] = known.get(word, 0) + holding
                fields[word] = fields.get(word, 0) | 1 << at

        def holders(words: Sequence[str]) -> dict[str, list[tuple[int, Rows]]]:
            found: dict[str, list[tuple[int, Rows]]] = {}
            for wanted in words:
                # A phrase is in none but the fields that hold all its words.
                mask = reduce(and_, (fields.get(word, 0) for word in wanted.split(" ")))
                found[wanted] = [
                    (at, self._holding(searcher, name, wanted))
                    for at, name in enumerate(FIELDS)
                    if mask >> at & 1
                ]
            return found

        return Snapshot(merged(old, keep, new), known, holders, before)

    def _highest(self) -> int:
        self._index.reload()
        hits: Any = (
            self._index.searcher()
            .search(tantivy.Query.all_query(), limit=1, count=False, order_by_field="stamp")
            .hits
        )
        return int(hits[0][0]) if hits else 0

    def _holding(self, searcher: tantivy.Searcher, field: str, wanted: str) -> Rows:
        if " " in wanted:
            query = tantivy.Query.phrase_query(self._schema, field, list(wanted.split(" ")))
        else:
            query = tantivy.Query.term_query(self._schema, field, wanted, "basic")
        most = max(searcher.num_docs, 1)
        hits: Any = searcher.search(query, limit=most, count=False, order_by_field="stamp").hits
        return np.fromiter((stamp for stamp, _ in hits), dtype=np.int64, count=len(hits))

    def _meta(self) -> bytes:
        try:
            return (self.folder / "meta.json").read_bytes()
        except OSError:
            return b""


def _document(searcher: tantivy.Searcher, address: tantivy.DocAddress) -> Document:
    stored: Any = searcher.doc(address).get_first("document")
    return documents.decode(stored)


class Writing:
    """Documents on their way into one commit. `new`: there is nothing yet that they could take the place of."""

    def __init__(self, writer: tantivy.IndexWriter, stamp: int, *, new: bool) -> None:
        self.writer, self.stamp, self._new = writer, stamp, new
        self._added: set[str] = set()

    def add(self, put: Iterable[Document | Prepared]) -> None:
        for each in prepared(put):
            if not self._new or each.id in self._added:
                self.remove(each.id)
            self._added.add(each.id)
            self.stamp += 1
            stored = tantivy.Document()
            stored.add_text("id", each.id)
            stored.add_integer("stamp", self.stamp)
            stored.add_bytes("document", each.data)
            for name, words in zip(FIELDS, each.words, strict=True):
                if words:
                    stored.add_text(name, words)
            self.writer.add_document(stored)

    def remove(self, gone: str) -> None:
        self.writer.delete_documents_by_term("id", gone)


class Store:
    """The folder of all generations."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)

    @property
    def current(self) -> str:
        """The generation that counts, "" before the first."""
        try:
            return (self.folder / "current").read_text().strip()
        except OSError:
            return ""

    def name(self) -> str:
        return f"v{documents.VERSION}-{time.time_ns():x}"

    def fits(self, name: str) -> bool:
        """Whether a generation is of this version's shape, and there."""
        return name.startswith(f"v{documents.VERSION}-") and (self.folder / name / "meta.json").exists()

    def change(self, put: Iterable[Prepared], delete: Iterable[str]) -> None:
        """Write into the generation that counts, or a first one, in one commit, without reading what is there."""
        name = self.current
        there = self.fits(name)
        name = name if there else self.name()
        Generation(self.folder / name, look=False).change(put, delete)
        if not there:
            self.point_to(name)

    def point_to(self, name: str) -> None:
        half = self.folder / f"current.{os.getpid()}"
        half.write_text(name)
        with half.open() as file:
            os.fsync(file.fileno())
        half.replace(self.folder / "current")

    def tidy(self, *keep: str) -> None:
        """Remove generations that nobody points to, but for young ones: they may be in the making."""
        for folder in self.folder.iterdir():
            if folder.is_dir() and folder.name not in keep and time.time() - folder.stat().st_mtime > 600:
                shutil.rmtree(folder, ignore_errors=True)
