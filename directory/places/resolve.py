"""Text to a typed answer, with the postcodes and places of the database."""

from directory.db import Database


class Places:
    def __init__(self, database: Database) -> None:
        self.database = database
