"""Polls of sitemaps, which list an outlet's whole past and say little of each address.

poll.py: a sitemap, or the few that changed of those that an index names ─► what to claim
sift.py: what of a sitemap is news, and which sitemaps of an index are worth asking for; pure
noted.py: what was read of a sitemap, as small as it can be kept; pure
"""
