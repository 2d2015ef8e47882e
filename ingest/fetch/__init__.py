"""A URL and the validators of last time come in, one `Fetch` goes out, whatever the network or the server does.

    url ─► urls: fit to ask? ─► connection: resolve, guard, connect ─► client: follow redirects, read ─► Fetch
                                            └── watch: the addresses, bytes and seconds of this one GET ──┘

`Fetcher.post` sends one body to a receiver that the configuration names, under the same guard and watch.

Outlets are strangers and their pages name further strangers, so every GET is bounded in seconds, bytes, unpacked bytes
and redirects, and connects only to addresses that were checked. An unchanged feed costs a 304 or one hash, no parsing.
"""

from ingest.fetch.client import Fetcher

__all__ = ["Fetcher"]
