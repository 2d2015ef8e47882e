"""What an outlet's own pages say about how it can be read, and about itself -> candidates, choices and facts.

    home page (a tree) ─read_front─► Front: links, claims, software
    Front, robots.txt ─candidates─► addresses to ask, the best first
    their answers ─choose─► which ones to poll, and why not the others
    claims, dates, texts ─language_of, country_of, timezone_of, name_of─► Fact: a value and what speaks for it
    a page without any of this ─propose─► the selectors of a listing

Pure: nothing is asked here, ingest/surveying.py does that. Nothing of what is said is believed alone; where two say
different things, both stay in the evidence.
"""

from ingest.discover.choosing import Answer, choose
from ingest.discover.claims import Claim, Fact, one_line
from ingest.discover.country import country_of
from ingest.discover.facts import language_of, name_of
from ingest.discover.front import Front, read_front
from ingest.discover.rows import propose
from ingest.discover.ways import Candidate, candidates, child, distinct, in_page, likely, root_address
from ingest.discover.zones import stated_offset, timezone_of

__all__ = [
    "Answer",
    "Candidate",
    "Claim",
    "Fact",
    "Front",
    "candidates",
    "child",
    "choose",
    "country_of",
    "distinct",
    "in_page",
    "language_of",
    "likely",
    "name_of",
    "one_line",
    "propose",
    "read_front",
    "root_address",
    "stated_offset",
    "timezone_of",
]
