"""The invented outlets: what they publish, and what is changed on their second day. All of it is in pages/."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from workers.demo.outlet import Answer, Headline, Outlet, rss

PAGES = Path(__file__).parent / "pages"
SOURCE = """
id = "el-faro-de-papel"
name = "El Faro de Papel"
homepage = "{url}/"
language = "es"
country = "VE"
timezone = "America/Caracas"
feeds = ["{url}/feed", "{url}/latin1"]
"""

COPIER = """
id = "the-bay-packet"
name = "The Bay Packet"
homepage = "{url}/bay/"
language = "en"
country = "VE"
timezone = "America/Caracas"
feeds = ["{url}/bay/feed"]
"""

EDITED = "/2026/old-bridge"
SILENT = "/2026/silencio"
TWICE = ("/2026/ferry", "/print/ferry")
COPIES = ("/2026/clock", "/bay/clock")
LATIN1 = "/latin1"
BAY = "/bay/feed"
LATER = 1.0
"""Seconds that the copy takes to answer, so that it comes second."""


@dataclass(frozen=True)
class Piece:
    """One page of an outlet. file: its text in pages/; special: what is to be seen with it."""

    path: str
    title: str
    file: str = ""
    special: str = ""
    feed: str = "/feed"


PIECES = (
    Piece("/2026/calles-de-agua", "Calles de agua: Bajo Muelle", "calles-de-agua"),
    Piece(EDITED, "Inspectors close old bridge", "old-bridge-inspection.v1", "edited between polls"),
    Piece("/2026/subasta", "La subasta a mano alzada", "subasta-a-mano-alzada", "body captured twice"),
    Piece("/2026/ciguenas", "Cigüeñas, ñandúes, pingüinos", "ciguenas-y-nandues", "feed lies on encoding", LATIN1),
    Piece("/2026/ferry", "Night ferry returns", "night-ferry-returns"),
    Piece("/print/ferry", "Night ferry returns (print)", "night-ferry-returns", "its print version"),
    Piece("/2026/archivo", "El archivo bajo la imprenta", "archivo-de-la-imprenta", "its date is in words"),
    Piece("/2026/autobus", "Vuelve el autobús escolar", "autobus-escolar-ruta-seis", "no metadata at all"),
    Piece("/2026/panaderia", "La panadería de noche", "la-panaderia-que-abre-de-noche"),
    Piece("/2026/library", "A library by cargo bike", "library-on-a-cargo-bike", "two authors"),
    Piece("/2026/mangrove", "Mangrove nursery's seedlings", "mangrove-nursery"),
    Piece("/2026/sal", "La primera cosecha de sal", "primera-cosecha-de-sal"),
    Piece("/2026/clock", "Town clock runs slow", "the-clock-that-runs-slow"),
    Piece("/bay/clock", "A slow clock and its plaque", "the-slow-clock-and-its-plaque", "in another outlet", BAY),
    Piece(SILENT, "El faro que no contesta", "", "never answers"),
)


def publish(outlet: Outlet, *, edited: bool) -> None:
    """Everything that the outlets have; `edited` is their second day, on which one article was changed."""
    for piece in PIECES:
        name = piece.file.replace(".v1", ".v2") if edited else piece.file
        if not piece.file:
            outlet.answers[piece.path] = Answer(never=True)
            continue
        text = (PAGES / f"{name}.html").read_text("utf-8").replace("{{BASE}}", outlet.url)
        outlet.publish(piece.path, text, delay=LATER if piece.feed == BAY else 0.0)
    outlet.publish("/feed", _feed(outlet, "/feed", edited), "application/rss+xml")
    outlet.publish(BAY, _feed(outlet, BAY, edited), "application/rss+xml")
    outlet.publish(LATIN1, _feed(outlet, LATIN1, edited, encoding="cp1252"), "application/rss+xml")


def _feed(outlet: Outlet, path: str, edited: bool, encoding: str = "utf-8") -> bytes:
    morning = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=6)
    headlines = (
        Headline(
            outlet.url + piece.path,
            piece.title,
            published=morning + timedelta(minutes=7 * number),
            summary="Updated this morning." if edited and piece.path == EDITED else "",
        )
        for number, piece in enumerate(PIECES)
        if piece.feed == path
    )
    return rss(
        "The Bay Packet" if path == BAY else "El Faro de Papel", outlet.url, headlines, encoding, declared="utf-8"
    )
