"""What a page says about its own use: robots metas, TDM reservation, paywall marks and licence, as written."""

from collections.abc import Iterator

from ingest.extract import linked_data as ld
from ingest.extract.metadata.head import Head, absolute

_METAS = (
    "robots",
    "googlebot",
    "bingbot",
    "tdm-reservation",
    "tdm-policy",
    "article:content_tier",
)
_FREE = "isAccessibleForFree"
_LICENSES = ("license", "usageInfo")
_LONGEST = 300
_MOST_PARTS = 50


def terms_in(head: Head) -> dict[str, str]:
    """Where it is said -> the words. `license` is an address; `json-ld isAccessibleForFree` is "false" where any part
    of the article is not free, "true" where all of it is said to be."""
    found = {f"meta {name}": ", ".join(head.metas.get(name, ())) for name in _METAS}
    free = {_truth(value) for node in _nodes(head) for value in (node.get(_FREE), *_parts(node))}
    found[f"json-ld {_FREE}"] = "false" if "false" in free else "true" if "true" in free else ""
    found["license"] = head.license or next(_licenses(head), "")
    return {name: said[:_LONGEST] for name, said in found.items() if said}


def _nodes(head: Head) -> Iterator[ld.Node]:
    """The article's, or where it says nothing of this the page's."""
    yield head.article
    if _FREE not in head.article:
        yield from ld.page_nodes(head.nodes)


def _parts(node: ld.Node) -> Iterator[object]:
    parts = node.get("hasPart")
    for part in (parts if isinstance(parts, list) else [parts])[:_MOST_PARTS]:
        if isinstance(part, dict) and _truth(part.get(_FREE)) == "false":
            yield False


def _truth(value: object) -> str:
    """A boolean of JSON-LD, which is as often a text or schema.org's address of one; empty where it is none."""
    word = str(value).rpartition("/")[2].strip().lower()
    return {"true": "true", "yes": "true", "1": "true", "false": "false", "no": "false", "0": "false"}.get(word, "")


def _licenses(head: Head) -> Iterator[str]:
    for name in _LICENSES:
        for text in ld.texts(head.article.get(name), "@id", "url"):
            if "/" in text:
                yield absolute(head.url, text)
