"""The bytes of an article's page -> what it says: the blocks of its body, and its title, authors and dates as written.

    bytes ─decode─► tree ─┬─ the site's own rules (CSS selectors), where it has any
                          ├─ body: layout ─► features ─► model ─► choice, or JSON-LD where that has far more text
                          └─ metadata: JSON-LD, Open Graph, meta and time elements, then trafilatura

The tree is parsed once and shared. Nothing is believed or cleaned here: every field is as the page has it, with the
evidence that it came from, and ingest/clean reads it afterwards. No I/O.
"""

from ingest.extract.blocks import blocks_of
from ingest.extract.body import Extracted, extract
from ingest.extract.inspection import Selected, inspect_rules

__all__ = ["Extracted", "Selected", "blocks_of", "extract", "inspect_rules"]
