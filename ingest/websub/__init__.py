"""News by hubs (W3C WebSub): the outlet's hub tells of an entry, and its feed is polled less often.

a poll ─► hubs.py: believe or doubt the hub, subscribe, renew ─POST─► hub
hub ─► announcing.py: verification, denial, news ─► claims, or a poll now
trust.py: which hub a feed names, when it is asked, how far it is trusted; pure
"""
