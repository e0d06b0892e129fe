"""What the YAML library complains about, in words that say what to do."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """A complaint as people read it."""

    message: str
    hint: str = ""
    at_start: bool = False  # the mistake is where the construct began, not where it was noticed


_QUOTE = 'put text that contains ": " or begins with a sign into quotation marks'
_COLON = (
    'check the indentation, look for a colon missing above, or put text with ": " in it into'
    " quotation marks"
)
_OPEN = "close it in the same block"
_TAG = Words("a YAML tag (!); none is understood", "remove it")

# (what the library says, what it was doing, our words); the first that fits is taken.
_KNOWN = (
    ("too deep", "", Words("nested too deeply", "feeds.yaml needs six levels")),
    ("a directive", "", Words("a line that begins with %", "feeds.yaml needs none: remove it")),
    (r"found character '\t'", "", Words("a tab, where YAML takes spaces only", "write spaces")),
    ("found character", "", Words("a value cannot begin with this sign", _QUOTE)),
    ("mapping values are not", "", Words('a ":" where no key can stand', _COLON)),
    ("could not find expected ':'", "", Words('a line without ":"', "write key: value", at_start=True)),
    ("found unexpected end of stream", "quoted", Words("a quotation mark that is never closed", at_start=True)),
    ("found unexpected document sep", "quoted", Words("a quotation mark that is never closed", at_start=True)),
    ("unknown escape", "", Words("an escape that YAML does not know", "use single quotes or write \\\\")),
    ("expected escape sequence", "", Words("an escape that is not complete", "use single quotes or write \\\\")),
    ("expected ',' or ']'", "", Words("a [ that is never closed", _OPEN, at_start=True)),
    ("expected ',' or '}'", "", Words("a { that is never closed", _OPEN, at_start=True)),
    ("found '<stream end>'", "flow", Words("a bracket that is never closed", _OPEN, at_start=True)),
    ("sequence entries are not", "", Words('a "- " where no list can stand', "begin a new line, further in")),
    ("mapping keys are not", "", Words('a "? " where no key can stand', _QUOTE)),
    ("expected <block end>", "", Words("this does not fit what stands above", "check the indentation")),
    ("expected '<document start>'", "", Words("more after the end", "check the indentation")),
    ("expected the node content", "", Words("a value is missing here", _QUOTE)),
    ("undefined tag", "", _TAG),
    ("", "a tag", _TAG),
    ("expected indentation indicator", "", Words("the head of a block (| or >) is wrong", "write | alone")),
    ("", "an alias", Words("a value cannot begin with this sign", _QUOTE)),
    ("", "an anchor", Words("a value cannot begin with this sign", _QUOTE)),
    ("expected chomping or indent", "", Words("the head of a block (| or >) is wrong", "write | alone")),
)  # fmt: skip


def in_our_words(problem: str, context: str) -> Words:
    """The library's complaint for people; what we have no words for is given as no valid YAML."""
    for said, doing, words in _KNOWN:
        if said in problem and doing in context:
            return words
    return Words("no valid YAML", _QUOTE)
