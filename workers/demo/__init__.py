"""The demo: a small invented outlet on loopback, and a tour of what the newswire makes of it.

outlet.py serves pages and feeds over real HTTP and remembers who asked; pages/ is what the outlet published; tour.py
runs the newswire on it and shows what became of each page. The tests publish their outlets with outlet.py too.
"""
