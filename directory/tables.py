"""Every table module, imported: what the migrations compare the database with."""

import directory.catalogue.tables
import directory.places.tables

ALL = (directory.catalogue.tables, directory.places.tables)
