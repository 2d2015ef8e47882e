"""How properties are tried here."""

from hypothesis import settings

# No deadline: what is measured in milliseconds depends on who else uses the machine. A failure prints how to repeat it.
settings.register_profile("teletipo", deadline=None, print_blob=True)
settings.load_profile("teletipo")
