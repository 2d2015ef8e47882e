"""Why: the whole life of one address, put together from what the store still knows.

    an address, wrapped or not, or an id
      ─► the entry that is meant by it, the article that came of that, its other addresses   (asked.py)
      ─► steps: what the scripts wrote down, with what the article's revisions say           (steps.py)
      ─► where it stands now, and which queues have it, or why not                           (standing.py, queues.py)
      ─► of an address that nobody heard of: what may help                                   (unknown.py)

`Life` is the answer: `teletipo why` prints it, the page and `GET /why` show it.
"""

from ingest.why.gathering import republished, why
from ingest.why.records import Address, ArticleLine, Life, Naming, QueueVerdict, Republished, Stands, Step
from ingest.why.span import span

__all__ = [
    "Address",
    "ArticleLine",
    "Life",
    "Naming",
    "QueueVerdict",
    "Republished",
    "Stands",
    "Step",
    "republished",
    "span",
    "why",
]
