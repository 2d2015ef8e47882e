"""Whether a text is a CSS selector: one grammar wherever one is written, in a source's rules and in its listings."""


def problem(selector: str) -> str:
    """Why this is no CSS selector; empty where it is one. soupsieve is imported here, as few configurations have rules,
    and every command loads one."""
    import soupsieve

    try:
        soupsieve.compile(selector)
    except (soupsieve.SelectorSyntaxError, NotImplementedError, ValueError) as error:
        return str(error).partition("\n")[0]
    return ""
