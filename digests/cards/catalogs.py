"""The catalogs kept in step with the sources: `python -m digests.cards.catalogs` (make strings).

    python -m digests.cards.catalogs           what is missing, untranslated or unused; exit 1 if any
    python -m digests.cards.catalogs sheet     the same as JSON, with empty places to fill in
    python -m digests.cards.catalogs take F    fill the catalogs from such a sheet
    python -m digests.cards.catalogs write     add what is missing (empty), drop what is unused

Catalogs are written in one order, by source file, so that two branches seldom touch the same lines.
"""

import ast
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import normalize, read_po

from digests.cards.words import SOURCE, catalog, languages

Msgid = str | tuple[str, str]  # the second for plurals
Sheet = Mapping[str, Mapping[str, str | list[str]]]  # source -> language -> translation or forms

ROOT = Path(__file__).resolve().parents[2]
_FOLDER = Path(__file__).parent / "locales"
_ROOMS = ("bot", "digests")
_WIDTH = 99


@cache
def spoken() -> dict[Msgid, str]:
    """Every string that the sources look up, in order, with the file that says it first."""
    found: dict[Msgid, str] = {}
    for path in sorted(path for room in _ROOMS for path in (ROOT / room).rglob("*.py")):
        for msgid in looked_up(ast.parse(path.read_text("utf-8"))):
            found.setdefault(msgid, path.relative_to(ROOT).as_posix())
    return found


def looked_up(tree: ast.AST) -> Iterator[Msgid]:
    """What `say.text("…")`, `say.plural("…", "…")`, `later("…")` and `said("…")` name, in the order of lines."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        name = _method(call.func)
        literal = [arg.value for arg in call.args[:2] if isinstance(arg, ast.Constant)]
        if name == "plural" and len(literal) == 2:  # noqa: PLR2004 - one and many
            yield str(literal[0]), str(literal[1])
        elif name == "text" and literal:
            yield str(literal[0])


def _method(function: ast.expr) -> str:
    """`text` or `plural` when this is such a method of words; by custom these are called `say`."""
    match function:
        case ast.Name(id="later" | "said"):
            return "text"
        case ast.Attribute(value=ast.Name(id="say" | "self") | ast.Attribute(attr="say" | "_say")):
            return function.attr
        case ast.Attribute(value=ast.Call(func=ast.Name(id="words"))):
            return function.attr
        case _:
            return ""


# --- what is to do ---------------------------------------------------------------------------


def missing(source: Catalog) -> list[Msgid]:
    """Strings that are not in the catalog."""
    known = {message.id for message in source}
    return [msgid for msgid in spoken() if msgid not in known]


def unused(source: Catalog) -> list[Msgid]:
    """Strings of the catalog that the sources no longer look up."""
    return [msgid for message in source if (msgid := _id(message)) and msgid not in spoken()]


def untranslated(source: Catalog) -> list[Msgid]:
    """Strings without a translation, or without one of its plural forms; none in English."""
    if str(source.locale) == SOURCE:
        return []
    return [_id(message) for message in source if message.id and not all(_forms(message))]


def sheet() -> Sheet:
    """What translators have to fill in."""
    wanted: dict[str, dict[str, str | list[str]]] = {}
    for language in languages():
        if language == SOURCE:
            continue
        source = catalog(language)
        for msgid in (*missing(source), *untranslated(source)):
            place = "" if isinstance(msgid, str) else [""] * source.num_plurals
            wanted.setdefault(_first(msgid), {})[language] = place
    return wanted


def _id(message: Message) -> Msgid:
    return message.id if isinstance(message.id, str) else (message.id[0], message.id[1])


def _forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def _first(msgid: Msgid) -> str:
    return msgid if isinstance(msgid, str) else msgid[0]


# --- writing ---------------------------------------------------------------------------------


def written(source: Catalog, given: Mapping[str, str | list[str]]) -> str:
    """The catalog as its file reads: what the sources say, in their order, and `given` filled in."""
    lines = [*_commented(source.header_comment), 'msgid ""', 'msgstr ""']
    headers = (
        "Content-Type: text/plain; charset=utf-8",
        f"Language: {source.locale}",
        f"Plural-Forms: nplurals={source.num_plurals}; plural={source.plural_expr};",
    )
    lines += [f'"{header}\\n"' for header in headers]
    for msgid, path in spoken().items():
        message = source.get(msgid) or Message(msgid)  # type: ignore[arg-type]  # a pair for plurals
        filled = given.get(_first(msgid))
        if filled is not None:
            message.string = filled if isinstance(filled, str) else tuple(filled)
        lines += ["", *(f"# {comment}" for comment in message.user_comments), f"#: {path}"]
        lines += _stanza(msgid, _filled(message, source.num_plurals))
    return "\n".join(lines) + "\n"


def _commented(header: str) -> Iterator[str]:
    return (line.rstrip() for line in header.splitlines())


def _filled(message: Message, forms: int) -> tuple[str, ...]:
    if isinstance(message.id, str):
        return (str(message.string or ""),)
    said = _forms(message)
    return (*said, *[""] * forms)[:forms]


def _stanza(msgid: Msgid, forms: tuple[str, ...]) -> list[str]:
    if isinstance(msgid, str):
        return [f"msgid {_quoted(msgid)}", f"msgstr {_quoted(forms[0])}"]
    ids = [f"msgid {_quoted(msgid[0])}", f"msgid_plural {_quoted(msgid[1])}"]
    return ids + [f"msgstr[{number}] {_quoted(form)}" for number, form in enumerate(forms)]


def _quoted(text: str) -> str:
    return normalize(text, width=_WIDTH)


def _write(given: Sheet) -> None:
    for language in languages():
        mine = {source: by[language] for source, by in given.items() if language in by}
        text = written(catalog(language), mine)
        path = _path(language)
        path.write_text(text, "utf-8")
        with path.open("rb") as again:
            read_po(again, locale=language, abort_invalid=True)


def _path(language: str) -> Path:
    return _FOLDER / language / "LC_MESSAGES" / "nightdesk.po"


# --- the command -----------------------------------------------------------------------------


def _report() -> list[str]:
    lines = []
    for language in languages():
        source = catalog(language)
        for what, found in (
            ("missing", missing(source)),
            ("untranslated", untranslated(source)),
            ("unused", unused(source)),
        ):
            lines += [f"{language}: {what}: {_first(msgid)}" for msgid in found]
        if written(source, {}) != _path(language).read_text("utf-8"):
            lines.append(f"{language}: not in the order of the sources: run the command `write`")
    return lines


def main(args: Iterable[str]) -> int:
    """Run one of the commands above; the exit code."""
    match list(args):
        case []:
            lines = _report()
            print("\n".join(lines) or "all catalogs are complete")  # noqa: T201 - a command
            return 1 if lines else 0
        case ["sheet"]:
            print(json.dumps(sheet(), ensure_ascii=False, indent=1))  # noqa: T201 - a command
        case ["take", path]:
            _write(json.loads(Path(path).read_text("utf-8")))
        case ["write"]:
            _write({})
        case _:
            print(__doc__)  # noqa: T201 - a command
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
