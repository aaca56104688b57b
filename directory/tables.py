"""Every table module, imported: what the migrations compare the database with."""

import directory.access.tables
import directory.catalogue.doubt_store
import directory.catalogue.tables
import directory.importing.tables
import directory.places.tables
import directory.referrals.tables
import directory.routing.tables
import directory.search.tables

ALL = (
    directory.access.tables,
    directory.catalogue.doubt_store,
    directory.catalogue.tables,
    directory.importing.tables,
    directory.places.tables,
    directory.referrals.tables,
    directory.routing.tables,
    directory.search.tables,
)
