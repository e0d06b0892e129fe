"""The flood: forty bulletins that one publisher lets out at once, put together from few words."""

from bot.newsroom.stories import Tale, told

FLOOD = 40  # how many come out at once with version 2

_LIBRARIES = (
    ("Quillpack", "archives"), ("Fernfont", "typefaces"), ("Mosspix", "pictures"),
    ("Brookxml", "documents"), ("Tidewav", "recordings"), ("Kelpsql", "queries"),
    ("Pineauth", "tickets"), ("Gullmail", "letters"),
)  # fmt: skip
_FLAWS = (
    ("reads beyond a buffer", "An attacker may learn up to 64 bytes of the memory that follows."),
    ("writes beyond a buffer", "An attacker may run code with the rights of the calling program."),
    ("never ends on nested input", "A file of four kilobytes keeps one core busy until it is stopped."),
    ("trusts a length it was given", "The program asks for all of the memory and is ended by the system."),
    ("frees memory twice", "A crash is certain, and running foreign code is thought to be possible."),
)  # fmt: skip

_WELCOME = Tale("about", "How the library bulletins are numbered, and who receives them", 1600, told("""
    The desk gathers flaws in widely used libraries and publishes them when all maintainers are
    ready. Each bulletin describes one flaw in one library. Its number says nothing about severity,
    only about the order in which the reports arrived.

    Bulletins come out together, which makes for quiet weeks and for loud mornings. Readers who
    want only what concerns them should filter by the name of the library. Every bulletin names
    the first release without the flaw, and a way around it where there is one.

    Maintainers receive the text a week earlier and may ask for another. Nobody may ask for more.
    """))  # fmt: skip


def bulletins() -> tuple[Tale, ...]:
    """All tales of the flooding publisher: one at first, forty more with version 2."""
    pairs = [(library, flaw) for flaw in _FLAWS for library in _LIBRARIES]
    return (_WELCOME, *(_bulletin(n, *pair) for n, pair in enumerate(pairs, start=1)))


def _bulletin(number: int, library: tuple[str, str], flaw: tuple[str, str]) -> Tale:
    name, food = library
    fault, effect = flaw
    cve = f"CVE-2026-{48000 + number}"
    text = f"""
    {name} {fault} when it is given {food} that were prepared for it. {effect} The flaw is tracked
    as {cve} and was found while the test files of its maintainers were being reviewed.

    Releases before {2 + number % 4}.{number} are affected on all systems. Programs that accept
    {food} only from their own users are in less danger than those that accept them from anybody.
    Those who cannot update may refuse {food} of more than {number + 8} kilobytes. Bulletin
    {number} of {FLOOD} will be changed if the maintainers learn more.
    """
    title = f"Bulletin {number}: {name} {fault} ({cve})"
    return Tale(f"bulletin-{number}", title, 0, told(text), version=2)
