"""What a page says about its article: title, dates, authors, and what comes with them, each with its evidence.

    tree ─read_metadata──► Head, in one pass ─► title, dates, authors: each place that states one, beside the others
         ─guess_metadata─► Visible ─► what is still missing, from what a reader sees around the headline

Structured data is what outlets write for search engines and keep right, so what is stated comes first; but each place
is wrong in ways of its own, so places are compared (title.py, dates.py and byline.py say how). Values are as written;
names alone are taken out of their bylines.
"""

from ingest.extract.metadata.found import Found, key
from ingest.extract.metadata.read import Metadata, guess_metadata, read_metadata
from ingest.extract.metadata.terms import terms_in

__all__ = ["Found", "Metadata", "guess_metadata", "key", "read_metadata", "terms_in"]
