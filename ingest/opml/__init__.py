"""Lists of feeds, as readers give and take them <-> sources.

    OPML or a plain list of addresses ─read_list─► Listed: a feed, its name, its groups
    Listed, the sources that there are ─planned─► Plan: files to write, and what becomes of each feed
    sources ─written─► OPML 2.0

Pure, and no network: what is not in the list is told from addresses (country.py of ingest/discover), or left unknown.
"""

from ingest.opml.outlets import Plan, Row, planned
from ingest.opml.reading import Listed, NotAList, Passed, read_list
from ingest.opml.writing import left_out, written

__all__ = ["Listed", "NotAList", "Passed", "Plan", "Row", "left_out", "planned", "read_list", "written"]
