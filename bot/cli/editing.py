"""feeds add, remove, import, export, resume: what changes the list of feeds, or takes it along."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import Config, Database, counted, end, environment, go
from bot.cli.probing import in_lines

if TYPE_CHECKING:
    from bot.settings import Environment
    from digests.config.edits import NewFeed
    from digests.config.opml import Outline
    from digests.desk.probing import Probe
    from digests.model import Feed

_SHOWN = 20  # of what an import leaves out


def add(
    url: Annotated[str, typer.Argument(help="A feed, or a page whose feeds are looked for.")],
    name: Annotated[str, typer.Option("--name", help="What to call it.")] = "",
    probe: Annotated[bool, typer.Option("--probe/--no-probe", help="Ask it first.")] = True,
    config: Config = "",
) -> None:
    """Look at a feed and write it into feeds.yaml; comments stay as they are."""
    from digests.config.edits import NewFeed

    env = environment(config)
    address = _address(url)
    _refuse_known(env, address)
    title = ""
    if probe:
        found = go(_look(env, address))
        typer.echo("\n".join(in_lines(found)))
        if found.feeds:
            address = _chosen(found.feeds)
            _refuse_known(env, address)
            found = go(_look(env, address))
            typer.echo("\n".join(in_lines(found)))
        if found.outcome != "ok":
            end(1, "Nothing was written. `--no-probe` writes it all the same.")
        title = found.title
    _write(env, [NewFeed(address, name or title)])


def remove(url: Annotated[str, typer.Argument(help="Its address.")], config: Config = "") -> None:
    """Take a feed out of feeds.yaml; what it told stays in the archive."""
    from digests.config.edits import without_feed

    env = environment(config)
    text = _text(env.config)
    _replace(env.config, without_feed(text, str(env.config), env.values, url))
    typer.echo(f"{env.config}: {url} was taken out")


def import_(
    file: Annotated[Path, typer.Argument(help="A list of feeds, as OPML.")], config: Config = ""
) -> None:
    """Write the feeds of an OPML list into feeds.yaml; those that are there already stay."""
    from digests.config.opml import read_opml

    env = environment(config)
    try:
        body = file.read_bytes()
    except OSError as error:
        end(2, f"{file}: {error.strerror}")
    new, left = _sorted_out(read_opml(body, str(file)), _known(env))
    for line in left[:_SHOWN]:
        typer.echo(line, err=True)
    if len(left) > _SHOWN:
        typer.echo(f"and {len(left) - _SHOWN} more", err=True)
    if new:
        _write(env, new)
    else:
        typer.echo("nothing new")


def export(
    output: Annotated[Path | None, typer.Option("--output", help="The file to write.")] = None,
    config: Config = "",
) -> None:
    """The feeds as OPML; addresses with a variable in them stay at home."""
    from digests.config import load
    from digests.config.edits import written_urls
    from digests.config.opml import Outline, write_opml
    from digests.config.sheet import has_variable

    env = environment(config)
    settings = load(env.config, env.values)
    written = written_urls(_text(env.config), str(env.config))
    outlines = []
    for feed, as_written in zip(settings.feeds, written, strict=True):
        if has_variable(as_written):
            typer.echo(f"left out, its address holds a variable: {as_written}", err=True)
        else:
            outlines.append(Outline(feed.url, feed.name))
    text = write_opml(outlines, "Nightdesk")
    if output is None:
        typer.echo(text, nl=False)
    else:
        try:
            output.write_text(text, "utf-8")
        except OSError as error:
            end(1, f"{output} could not be written: {error.strerror}")
        typer.echo(f"{output}: {counted(len(outlines), 'feed')}", err=True)


def resume(
    url: Annotated[str, typer.Argument(help="Its address.")],
    config: Config = "",
    database: Database = "",
) -> None:
    """Ask a feed again that is gone or paused; the bot must not run meanwhile."""
    go(_resume(environment(config, database), url))
    typer.echo(f"{url}: is asked again")


async def _resume(env: "Environment", url: str) -> None:
    from dataclasses import replace

    from digests.archive.store import Archive
    from digests.config.edits import same_address

    archive = await Archive.open(env.database)
    try:
        states = await archive.feed_states()
        state = next((s for known, s in states.items() if same_address(known, url)), None)
        if state is None:
            end(1, f"{url}: no such feed in {env.database}; `nightdesk feeds list` shows them")
        again = replace(state, paused=False, gone=False, next_poll=None, failures=0)
        await archive.save_feed_state(again)
    finally:
        await archive.close()


async def _look(env: "Environment", url: str) -> "Probe":
    from bot.probes import prober
    from digests.config import load
    from digests.model import Feed

    allow = load(env.config, env.values).allow if env.config.is_file() else ()
    async with prober(env, allow) as probing:
        return await probing.ask(Feed(url, url, url))


def _address(url: str) -> str:
    """The address in its normal form; `https://` may be left out."""
    from digests.config.edits import addable
    from digests.config.sheet import Refused
    from digests.text.masks import find_secret_query

    if "://" not in url and "." in url:
        url = f"https://{url}"
    if find_secret_query(url):
        end(2, "the address holds a secret: write it into feeds.yaml yourself, with ${NAME}")
    try:
        return addable(url)
    except Refused as refused:
        hint = f" ({refused.hint})" if refused.hint else ""
        why = f", {refused}" if str(refused) else ""
        end(2, f"{url[:200]!r}{why}: no http or https address{hint}")


def _chosen(feeds: Sequence[str]) -> str:
    """Which of a page's feeds is meant: asked where somebody sits, else all are offered."""
    if len(feeds) == 1:
        return _address(feeds[0])
    if not sys.stdin.isatty():
        commands = "\n".join(f"  nightdesk feeds add {feed}" for feed in feeds)
        end(1, f"It is a page with {len(feeds)} feeds; choose one:\n{commands}")
    for number, feed in enumerate(feeds, start=1):
        typer.echo(f"{number:>3}  {feed}")
    number = int(typer.prompt("Which one", type=int, default=1))
    if not 1 <= number <= len(feeds):
        end(2, f"there is no number {number}")
    return _address(feeds[number - 1])


def _known(env: "Environment") -> "Sequence[Feed]":
    from digests.config import load

    return load(env.config, env.values).feeds if env.config.is_file() else ()


def _refuse_known(env: "Environment", url: str) -> None:
    """End where the file has this feed already."""
    from digests.config.edits import same_address

    known = next((feed for feed in _known(env) if same_address(feed.url, url)), None)
    if known is not None:
        end(2, f"{url} is in {env.config} already, as {known.name}; nothing was written")


def _sorted_out(
    outlines: "Sequence[Outline]", known: "Sequence[Feed]"
) -> "tuple[list[NewFeed], list[str]]":
    """What of a list is new, and a line for everything that is left out."""
    from digests.config.edits import NewFeed, addable
    from digests.config.sheet import Refused
    from digests.text.links import canonical
    from digests.text.masks import find_secret_query, masked

    seen = {canonical(feed.url) or feed.url for feed in known}
    new, left = [], []
    for one in outlines:
        try:
            url = addable(one.url)
        except Refused as refused:
            left.append(f"left out, {refused.why or refused}: {masked(one.url)[:200]!r}")
            continue
        same = canonical(url) or url
        if find_secret_query(url):
            left.append(f"left out, a secret in its address: {masked(url)[:200]!r}")
        elif same in seen:
            left.append(f"left out, there already: {url[:200]}")
        else:
            seen.add(same)
            new.append(NewFeed(url, one.title))
    return new, left


def _write(env: "Environment", new: "Sequence[NewFeed]") -> None:
    from digests.config.edits import lines_of, with_feeds

    text = _text(env.config) if env.config.is_file() else ""
    _replace(env.config, with_feeds(text, str(env.config), env.values, new))
    if len(new) == 1:
        typer.echo("".join(lines_of(new[0])), nl=False)
    feeds = counted(len(new), "feed was", "feeds were")
    typer.echo(f"{env.config}: {feeds} written")


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        end(2, f"{path}: {error.strerror}")
    except UnicodeDecodeError:
        end(2, f"{path}: is not UTF-8")


def _replace(path: Path, text: str) -> None:
    """All of it or nothing: the running bot reads this file."""
    aside = path.with_name(f".{path.name}.new")
    aside.write_bytes(text.encode())
    if path.exists():
        aside.chmod(path.stat().st_mode & 0o777)
    os.replace(aside, path)  # noqa: PTH105 - the plain name of what it does
