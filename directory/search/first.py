"""A first index, written before what it holds is sure: nobody finds it until it is finished. Blocking."""

import contextlib
import shutil
from collections.abc import Iterable

from directory.search.prepared import Prepared
from directory.search.store import Generation, Store


class First:
    """The generation that will count, if none does by then. What was put into it is gone unless it is finished."""

    def __init__(self, store: Store) -> None:
        self._store, self._name = store, store.name()
        self._block = Generation(store.folder / self._name, look=False).writing()
        self._writing = self._block.__enter__()

    def add(self, put: Iterable[Prepared]) -> None:
        self._writing.add(put)

    def finish(self, without: Iterable[str]) -> bool:
        """Make it the one that counts, without some ids; False where another was there first, and this one is gone."""
        if self._store.fits(self._store.current):
            self.drop()
            return False
        try:
            for gone in without:
                self._writing.remove(gone)
            self._block.__exit__(None, None, None)
        except BaseException:
            shutil.rmtree(self._store.folder / self._name, ignore_errors=True)
            raise
        self._store.point_to(self._name)
        return True

    def drop(self) -> None:
        with contextlib.suppress(_Dropped):
            self._block.__exit__(_Dropped, _Dropped(), None)
        shutil.rmtree(self._store.folder / self._name, ignore_errors=True)


class _Dropped(Exception):
    pass
