"""Sources -> OPML 2.0, grouped by country.

What OPML has is said by its own attributes (`language`, `category` for the tags), the rest in a namespace that readers
pass over. Sitemaps, listings and APIs are no feeds to a reader, and are left out.
"""

import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from email.utils import format_datetime

from babel import Locale

from ingest.models import Feed, Source
from ingest.opml.reading import NAMESPACE, PREFIX


def written(sources: Iterable[Source], now: datetime) -> bytes:
    """The list of their feeds."""
    root = ET.Element("opml", {"version": "2.0", f"xmlns:{PREFIX.rstrip(':')}": NAMESPACE})
    head = ET.SubElement(root, "head")
    ET.SubElement(head, "title").text = "Sources of teletipo"
    ET.SubElement(head, "dateCreated").text = format_datetime(now, usegmt=True)
    body = ET.SubElement(root, "body")
    by_country: dict[str, list[Source]] = defaultdict(list)
    for source in sources:
        if source.feeds:
            by_country[source.country].append(source)
    names = Locale("en").territories
    for country, group in sorted(by_country.items(), key=lambda pair: (not pair[0], str(names.get(pair[0], pair[0])))):
        name = str(names.get(country, country))
        parent = ET.SubElement(body, "outline", {"text": name, "title": name}) if name else body
        for source in group:
            for url in source.feeds:
                parent.append(_outline(source, url))
    ET.indent(root)
    text: bytes = ET.tostring(root, "utf-8", xml_declaration=True)
    return text + b"\n"


def left_out(sources: Iterable[Source]) -> list[Feed]:
    """What is polled and is no feed to a reader."""
    return [feed for source in sources for feed in source.polled() if feed.kind != "feed"]


def _outline(source: Source, url: str) -> ET.Element:
    return ET.Element(
        "outline",
        {
            "type": "rss",
            "text": source.name,
            "title": source.name,
            "xmlUrl": url,
            "htmlUrl": source.homepage,
            **({"language": source.language} if source.language else {}),
            **(
                {"category": ",".join(tag.replace(",", " ").replace("/", " ") for tag in source.tags)}
                if source.tags
                else {}
            ),
            f"{PREFIX}id": source.id,
            **({f"{PREFIX}country": source.country} if source.country else {}),
            f"{PREFIX}timezone": source.timezone,
        },
    )
