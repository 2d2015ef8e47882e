"""`python -m workers` is `teletipo`."""

from workers.cli import main

main()
