"""The one reading of all that the store knows of an address."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from ingest.models import Article, article_id
from ingest.settings import Settings
from ingest.store import BY_HAND, IMPORT, Identity, Lived, Member, Store
from ingest.why.asked import meant
from ingest.why.queues import verdicts
from ingest.why.records import Address, ArticleLine, Life, Naming, QueueVerdict, Republished
from ingest.why.standing import UNKNOWN, Waiting, stands
from ingest.why.steps import About, copy_line, moment, past, steps
from ingest.why.unknown import hints

NOT_A_FEED = {BY_HAND: "by hand", IMPORT: "from a file"}
MOST_ADDRESSES = 50


def why(settings: Settings, store: Store, asked: str) -> Life:
    """The life of an address, or of the article with this id.

    Raises UnknownName for what is neither an address nor an id.
    """
    candidates = meant(asked, settings)
    ids = tuple(candidates)
    for entry_id, lived in zip(ids, store.lived(ids), strict=True):
        if lived.state or lived.life:
            return _life(settings, store, asked, entry_id, lived)
        if store.identity(entry_id).revision:
            return _life_of_article(settings, store, asked, entry_id)
    url = candidates[ids[0]]
    return Life(
        asked=asked, known=False, url=url, id=ids[0], stands=UNKNOWN, help=tuple(hints(settings, store, ids, url))
    )


def _life_of_article(settings: Settings, store: Store, asked: str, wanted: str) -> Life:
    """Of an article whose canonical address no feed named: the life of the entry that it came from."""
    article, identity = store.article(wanted), store.identity(wanted)
    ids = [identity.owner] if identity.owner else []
    ids += [article_id(url) for url in (article.addresses if article else ())]
    for entry_id, lived in zip(ids, store.lived(ids), strict=True):
        if lived.state and lived.state.article == wanted and lived.state.outcome != "duplicate":
            return _life(settings, store, asked, entry_id, lived)
    return _life(settings, store, asked, wanted, Lived(None, (), 0.0, ()), wanted)


def _life(settings: Settings, store: Store, asked: str, entry_id: str, lived: Lived, wanted: str = "") -> Life:
    """wanted: the id of the article, where no entry says it."""
    state = lived.state
    led_to = wanted or (state.article if state and state.article else "") or entry_id
    article, identity, cluster = store.article(led_to), store.identity(led_to), store.cluster(led_to)
    about = About(settings, _revisions(store, led_to), _urls(article, cluster))
    addresses = _addresses(settings, store, lived, article, led_to)
    url = state.url if state else article.url if article else next((each.url for each in addresses), "")
    return Life(
        asked=asked,
        known=True,
        url=url,
        id=entry_id,
        stands=stands(
            state,
            lived.life[-1] if lived.life else None,
            _waiting(store, f"entry:{entry_id}"),
            _waiting(store, f"watch:{entry_id}"),
            store.is_dead(entry_id),
            article,
            identity,
        ),
        article=_known(led_to, url, article, identity),
        steps=steps(lived.life, about),
        queues=_verdicts(settings, article, identity, cluster),
        cluster=republished(cluster),
        addresses=addresses,
    )


# ── parts ──


def _waiting(store: Store, member: str) -> Waiting | None:
    found = store.waiting(member)
    return Waiting(found[0].queue, datetime.fromtimestamp(float(found[0].token) / 1000, UTC)) if found else None


def _revisions(store: Store, article: str) -> Mapping[int, Article]:
    return {revision.revision: revision for revision in store.revisions(article)}


def _urls(article: Article | None, cluster: Iterable[Member]) -> Mapping[str, str]:
    known = [article, *(member.article for member in cluster)]
    return {each.id: each.url for each in known if each}


def _known(led_to: str, url: str, article: Article | None, identity: Identity) -> ArticleLine | None:
    if not identity.revision:
        return None
    if article is None:
        return ArticleLine(
            id=led_to, url=url if article_id(url) == led_to else "", source=identity.source, revision=identity.revision
        )
    return ArticleLine(
        id=led_to,
        url=article.url,
        source=article.source,
        revision=article.revision,
        title=article.title,
        published=article.published,
        fetched=article.fetched,
    )


def _verdicts(
    settings: Settings, article: Article | None, identity: Identity, cluster: Sequence[Member]
) -> tuple[QueueVerdict, ...]:
    if article:
        return verdicts(settings.queues, article, identity.queues, cluster)
    return tuple(QueueVerdict(queue=name, took=True) for name in identity.queues or ())


def republished(cluster: Sequence[Member]) -> tuple[Republished, ...]:
    """The articles of a cluster, in its order."""
    urls = _urls(None, cluster)
    return tuple(_republished(member, urls) for member in cluster)


def _republished(member: Member, urls: Mapping[str, str]) -> Republished:
    article = member.article
    if article is None:
        return Republished(id=member.id, words="purged", queues=member.queues)
    copy = article.copy_of
    return Republished(
        id=member.id,
        url=article.url,
        source=article.source,
        title=article.title,
        at=article.sorted,
        words=copy_line(copy, urls.get(copy.of, copy.of)) if copy else "",
        copy_of=copy,
        queues=member.queues,
    )


def _addresses(
    settings: Settings, store: Store, lived: Lived, article: Article | None, led_to: str
) -> tuple[Address, ...]:
    """Every address of the article, the canonical one first, and the one that was meant, if it is another."""
    later = sorted(store.addresses(led_to))
    urls = dict.fromkeys((*((article.url, *article.addresses) if article else ()), *later))
    if lived.state:
        urls.setdefault(lived.state.url)
    chosen = list(urls)[:MOST_ADDRESSES]
    found = store.lived([article_id(url) for url in chosen])
    return tuple(_address(settings, url, each) for url, each in zip(chosen, found, strict=True))


def _address(settings: Settings, url: str, lived: Lived) -> Address:
    state = lived.state
    return Address(
        url=url,
        id=article_id(url),
        stands=(state.outcome or state.step) if state else "",
        error=state.error if state else "",
        attempt=state.attempt if state else 0,
        claimed=moment(lived.claimed),
        feeds=tuple(_naming(settings, feed, lived) for feed in lived.feeds),
    )


def _naming(settings: Settings, feed_id: str, lived: Lived) -> Naming:
    feed = settings.feeds.get(feed_id)
    for happened in lived.life:
        named, _, title = happened.words.partition(" ")
        if happened.what in {"new", "named", "changed"} and named == feed_id:
            first, said = moment(happened.at), title
            break
    else:
        first, said = None, ""
    name = feed.url if feed else NOT_A_FEED.get(feed_id, past(feed_id) or feed_id)
    return Naming(feed=feed_id, name=name, url=feed.url if feed else "", first=first, title=said)
