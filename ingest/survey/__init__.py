"""Ask an outlet what it has: one address in, out comes a Survey with the source that can be written.

    address ─front page─► Front ─ask─► Answers ─choose─► ways in ─┬─► facts ─► Source, with notes on what is believed
                                                                  └─► three articles, as they would be published

Every GET goes by robots.txt and keeps the host's pause, and there are at most MOST_GETS of them. What is found out of
the answers is in ingest/discover, which asks nobody.
"""

from ingest.survey.records import Sample, Survey, Wish
from ingest.survey.source import answered, as_json, comments, notes
from ingest.survey.survey import survey
from ingest.survey.turns import MOST_GETS, Turns

__all__ = ["MOST_GETS", "Sample", "Survey", "Turns", "Wish", "answered", "as_json", "comments", "notes", "survey"]
