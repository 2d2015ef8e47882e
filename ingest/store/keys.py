"""Every key that teletipo keeps in the store, and nothing else.

`<p>` is the prefix, `teletipo:` unless [store] prefix says otherwise. Only the keys marked * are a contract with other
programs; the rest may change from one version to the next.

    key                        type    what it holds                                         lives
    <p>due:fetch               zset    member -> ms when due: feeds to poll, pages to get    until done
    <p>due:process             zset    the same for pages that wait to be processed          until done
    <p>due:watch               zset    the same for looks at the pages of published articles until the last look
    <p>watch:<entry id>        hash    what the next look needs: since when, validators      until the last look
    <p>dead                    zset    member -> ms when it was set aside                    until retried or dropped
    <p>feed:<feed id>          hash    a feed's state: validators, last fetch, failures      as long as the feed
    <p>entry:<entry id>        hash    where one address stands: step, outcome, error        entry_days after seen
    <p>life:<entry id>         list    what happened to it: "<ms> <what> <words>", 60 of them as long as the entry
    <p>said:<entry id>         string  the Entry as JSON, zstd                               page_days
    <p>page:<entry id>         string  the Page as MessagePack, zstd                         page_days
    <p>host:<host>             string  ms of that host's next free slot                      until then
    <p>pause:<host>            string  ms until which that host asked to be left alone       until then
    <p>turn:<host>             hash    ms from which it may be asked for a page, and its line until then
    <p>look:<host>             string  ms of that host's next free slot for a look           until then
    <p>pace:<host>             hash    its pace: Crawl-delay, latency, pauses in a row       30 days
    <p>robots:<origin>         string  its robots.txt and until when it holds, JSON, zstd    30 days
    <p>article:<id> *          string  the Article as JSON                                   article_days
    <p>identity:<id>           hash    revision, content, owner, queues, cluster, ...        tombstone_days
    <p>addresses:<id>          set     its addresses that came after it was published        tombstone_days
    <p>links:<id>              hash    id of another article -> same | part: copies          tombstone_days
    <p>cluster:<name>          zset    id -> ms of Article.sorted: copies of one another     tombstone_days
    <p>fingerprints:<version>  hash    the tables of fingerprints, see lib_fingerprints.lua  as long as they
    <p>fingerprints:<version>:<table>:<shard>
                               hash    part of a feature -> id of the article that had it    fingerprint_days
    <p>backfill:<source>       hash    a walk into its past: state and cursor as JSON        40 days after its end
    <p>found:<source>          string  what that found and nobody took up yet, JSON, zstd    until it is claimed
    <p>roll:<feed id>          string  the entries it had at its last poll, 40 bytes each    entry_days
    <p>maps:<feed id>          hash    address of a sitemap -> what was read of it           entry_days
    <p>noted:<feed id>         hash    address of a sitemap -> 12 bytes for each one in it   entry_days
    <p>websub                  hash    feed id -> callback: where its hub calls (WebSub)     until it is left
    <p>websub:<callback>       hash    what was agreed with a hub, its secret among it       the lease, 2 days
    <p>announced:<feed id>     zset    entry id -> ms when the feed's hub told of it         until a poll
    <p>calls:<callback>        string  how often the hub has called within a minute          a minute
    <p>articles                zset    article id -> ms of Article.sorted                    kept
    <p>articles:<source>       zset    the same for one source                               kept
    <p>revisions:<id>          hash    revision -> Article as JSON, those that were replaced article_days
    <p>revised                 zset    article id -> ms at which it was last revised         article_days
    <p>queue:<name> *          stream  id revision event source url title language published queue_length
    <p>later:<queue>:<group>   zset    delivery -> ms when it is delivered (again)           until done
    <p>failures:<queue>:<group> hash   delivery -> failures; |why, |since, |held: by whom     until done
    <p>dead:<queue>:<group>    zset    delivery -> ms when it was set aside                  until retried or dropped
    <p>webhook:<name>          hash    its receiver's last answer, and how long it is left   as long as the webhook
    <p>learned:<source>        string  its templates and recurring lines (30 kB at most)     entry_days
    <p>evidence:<source>       string  the pages that they were learned from, zstd           entry_days
    <p>baseline:<source>       string  running figures of its pages, as JSON (2 kB at most)  entry_days
    <p>day:<source>:<date>     hash    that UTC day's created, updated, duplicate, dead, ... 40 days
    <p>ticket:<id>             string  a fetch that was asked for over HTTP, for its progress  a day
    <p>lock:<name>             string  who does what only one may do at a time               seconds
    <p>workers                 hash    name -> heartbeat as JSON                             until stale
    <p>celery:...              any     what Celery keeps while the store is its broker       Celery's

Members of `due` and `dead` are `feed:<feed id>`, `entry:<entry id>` and, of `due` alone, `backfill:<source>`; an
entry's id is `article_id` of its address.
There is one `due` per Celery queue, so that thousands of pages waiting for a slow extractor never hide a feed, and one
for looks (`watch:<entry id>`), which fetch workers make when little else waits. On a
Redis Cluster use a prefix in braces ({teletipo}:), so that the scripts find their keys in one slot.
"""

from dataclasses import dataclass
from typing import Literal, get_args

QueueName = Literal["fetch", "process", "watch"]
DUES: tuple[QueueName, ...] = get_args(QueueName)
QUEUES: tuple[QueueName, ...] = ("fetch", "process")
"""The Celery queues, and the sets whose members are unfinished work; a look comes by the queue `fetch`."""


@dataclass(frozen=True)
class Keys:
    """The table above as functions."""

    prefix: str

    def due(self, queue: QueueName) -> str:
        return f"{self.prefix}due:{queue}"

    @property
    def dead(self) -> str:
        return f"{self.prefix}dead"

    def record(self, member: str) -> str:
        """The hash of what stands in `due`: `feed:<id>`, `entry:<id>`, `watch:<id>` or `backfill:<source>`."""
        return f"{self.prefix}{member}"

    def feed(self, feed_id: str) -> str:
        return f"{self.prefix}feed:{feed_id}"

    def entry(self, entry_id: str) -> str:
        return f"{self.prefix}entry:{entry_id}"

    def life(self, entry_id: str) -> str:
        return f"{self.prefix}life:{entry_id}"

    def said(self, entry_id: str) -> str:
        return f"{self.prefix}said:{entry_id}"

    def page(self, entry_id: str) -> str:
        return f"{self.prefix}page:{entry_id}"

    def host(self, host: str) -> str:
        return f"{self.prefix}host:{host}"

    def pause(self, host: str) -> str:
        return f"{self.prefix}pause:{host}"

    def watch(self, entry_id: str) -> str:
        return f"{self.prefix}watch:{entry_id}"

    def look(self, host: str) -> str:
        return f"{self.prefix}look:{host}"

    def turn(self, host: str) -> str:
        return f"{self.prefix}turn:{host}"

    def pace(self, host: str) -> str:
        return f"{self.prefix}pace:{host}"

    def robots(self, origin: str) -> str:
        return f"{self.prefix}robots:{origin}"

    def article(self, article_id: str) -> str:
        return f"{self.prefix}article:{article_id}"

    def identity(self, article_id: str) -> str:
        return f"{self.prefix}identity:{article_id}"

    def addresses(self, article_id: str) -> str:
        return f"{self.prefix}addresses:{article_id}"

    def links(self, article_id: str) -> str:
        return f"{self.prefix}links:{article_id}"

    def cluster(self, name: str) -> str:
        return f"{self.prefix}cluster:{name}"

    def fingerprints(self, version: str) -> str:
        return f"{self.prefix}fingerprints:{version}"

    def backfill(self, source: str) -> str:
        return f"{self.prefix}backfill:{source}"

    def found(self, source: str) -> str:
        return f"{self.prefix}found:{source}"

    def roll(self, feed_id: str) -> str:
        return f"{self.prefix}roll:{feed_id}"

    def maps(self, feed_id: str) -> str:
        return f"{self.prefix}maps:{feed_id}"

    def noted(self, feed_id: str) -> str:
        return f"{self.prefix}noted:{feed_id}"

    @property
    def callbacks(self) -> str:
        return f"{self.prefix}websub"

    def callback(self, callback_id: str) -> str:
        return f"{self.prefix}websub:{callback_id}"

    def announced(self, feed_id: str) -> str:
        return f"{self.prefix}announced:{feed_id}"

    def calls(self, callback_id: str) -> str:
        return f"{self.prefix}calls:{callback_id}"

    def articles(self, source: str | None = None) -> str:
        return f"{self.prefix}articles:{source}" if source else f"{self.prefix}articles"

    def revisions(self, article_id: str) -> str:
        return f"{self.prefix}revisions:{article_id}"

    @property
    def revised(self) -> str:
        return f"{self.prefix}revised"

    def later(self, queue: str, group: str) -> str:
        return f"{self.prefix}later:{queue}:{group}"

    def failures(self, queue: str, group: str) -> str:
        return f"{self.prefix}failures:{queue}:{group}"

    def group_dead(self, queue: str, group: str) -> str:
        return f"{self.prefix}dead:{queue}:{group}"

    def webhook(self, name: str) -> str:
        return f"{self.prefix}webhook:{name}"

    def of_group(self, queue: str, group: str) -> tuple[str, str, str]:
        """`later`, `failures` and `dead` of a group."""
        return self.later(queue, group), self.failures(queue, group), self.group_dead(queue, group)

    def ticket(self, ticket_id: str) -> str:
        return f"{self.prefix}ticket:{ticket_id}"

    def lock(self, name: str) -> str:
        return f"{self.prefix}lock:{name}"

    def queue(self, name: str) -> str:
        return f"{self.prefix}queue:{name}"

    def learned(self, source: str) -> str:
        return f"{self.prefix}learned:{source}"

    def evidence(self, source: str) -> str:
        return f"{self.prefix}evidence:{source}"

    def baseline(self, source: str) -> str:
        return f"{self.prefix}baseline:{source}"

    def day(self, source: str, date: str) -> str:
        return f"{self.prefix}day:{source}:{date}"

    @property
    def workers(self) -> str:
        return f"{self.prefix}workers"

    @property
    def celery(self) -> str:
        """Prefix of all that Celery writes."""
        return f"{self.prefix}celery:"
