"""Text that was decoded by the wrong encoding on its way here ("JosÃ©") -> what was written ("José").

ftfy finds out which encodings were mixed up, and leaves alone what could have been meant. It takes 2 ms for the text of
a page, so a pattern asks first whether there is anything to repair, and there nearly never is.
"""

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ftfy import TextFixerConfig

# The bytes 80 to BF, which follow the first byte of a letter in UTF-8, as Latin-1 and Windows-1252 show them.
_NEXT = "\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_CYRILLIC_NEXT = "Ђ-Џђ-џҐґЎўІіЄєЇї‚„…†‡€‰‹‘’“”•–—™›¤¦§©«¬\xad®°±µ¶·№»\xa0"
_SUSPECT = re.compile(
    "[ÂÃÄÅÈÎÏÐÑ×ØÙÚÛâã-íïðРС√├](?:"  # of all letters, only these few cost more than a glance
    # "AMANHÃ”" and "CHÂ…" are capital words with a mark behind them.
    f"(?<=[ÂÃÄÅÈÎÏÐÑ×ØÙÚÛ])(?!(?<=[ÂÃ])[‘’“”„‚…–—»](?:\\W|$))[{_NEXT}]"
    "|(?<=Ã)(?<![A-ZÀ-Þ]Ã)[ \xa0]"  # "voilÃ  le chat", its second byte a no-break space; no capital word ends so
    f"|(?<=â)[\x80-\xbf€‚„†ˆ‰]|(?<=[ã-í])[{_NEXT}]{{2}}|(?<=ï)[»¿¼½]|(?<=ð)[\x9fŸ]"
    f"|(?<=[РС])[{_CYRILLIC_NEXT}](?:[РС][{_CYRILLIC_NEXT}]){{2}}"  # by Windows-1251
    "|(?<=[√├])[^\x00-\x7f])"  # by Mac Roman and DOS
)


def repair(text: str) -> str:
    """The text as it was written, where it is certain that it was written otherwise; else the text itself."""
    if text.isascii() or not _SUSPECT.search(text):
        return text
    from ftfy import fix_text  # 0.1 s, and few processes ever need it

    return fix_text(text, _only_encoding())


@cache
def _only_encoding() -> "TextFixerConfig":
    """All else that ftfy does (quotes, ligatures, widths, line breaks) is a matter of taste or done elsewhere."""
    from ftfy import TextFixerConfig

    return TextFixerConfig(
        unescape_html=False,
        remove_terminal_escapes=False,
        fix_latin_ligatures=False,
        fix_character_width=False,
        uncurl_quotes=False,
        fix_line_breaks=False,
        fix_surrogates=False,
        fix_c1_controls=False,
        remove_control_chars=False,
        normalization=None,
        explain=False,
    )
