"""The command that holds a competition."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from scalegame.cli.group import Whole, cli
from scalegame.errors import ScalegameError, nearest, printable, quoted

if TYPE_CHECKING:
    from scalegame.competition.referee.contest import Contest
    from scalegame.competition.server.run import Tls
    from scalegame.competition.server.settings_file import Given

#: Processes that judge, unless told otherwise.
MOST_JOBS = 8
#: Games of guests at the same time: each is a process with a hundred megabytes or so.
MOST_GUESTS = 100
_FILE = click.Path(path_type=Path, dir_okay=False)


@cli.command()
@click.argument("pack")
@click.option("--mode", type=click.Choice(["lesson", "contest"]), help="A lesson ranks nobody; a contest does.")
@click.option("--settings", type=_FILE, metavar="FILE", help="How it is held: YAML, see the codex: contests.")
@click.option("--db", type=_FILE, metavar="FILE", help="What it is kept in; one that is there goes on.")
@click.option("--listen", default="0.0.0.0", metavar="ADDRESS", help="Of this machine; without it, all of them.")
@click.option("--port", type=Whole(0, 65535), metavar="N", help="Without it, the first free one from 8800.")
@click.option("--name", "names", multiple=True, metavar="HOST", help="A name that this machine is called by.")
@click.option(
    "--tls", type=(_FILE, _FILE), metavar="CERT KEY", default=None, help="Encrypt everything; two PEM files."
)
@click.option("--start", metavar="MOMENT", help='When it starts: now, or "2026-11-30 09:00"; else by hand.')
@click.option("--minutes", type=Whole(1, 366 * 24 * 60), metavar="N", help="How long it lasts.")
@click.option("--executor", type=click.Choice(["local", "dask"]), default="local", help="Where it is judged.")
@click.option("--cluster", metavar="ADDRESS", help="Of a Dask scheduler: tcp://127.0.0.1:8786, tls://host:8786.")
@click.option(
    "--cluster-tls",
    type=(_FILE, _FILE, _FILE),
    metavar="CA CERT KEY",
    default=None,
    help="PEM files for it.",
)
@click.option(
    "--guests",
    type=Whole(1, MOST_GUESTS),
    metavar="N",
    help="Let guests play in a browser, N at a time: their games run on this machine (extra web).",
)
@click.option("--jobs", type=Whole(1, 64), metavar="N", help="Processes that judge, or workers of the cluster.")
def host(
    pack: str,
    mode: Literal["lesson", "contest"] | None,
    settings: Path | None,
    db: Path | None,
    listen: str,
    port: int | None,
    names: tuple[str, ...],
    tls: tuple[Path, Path] | None,
    start: str | None,
    minutes: int | None,
    executor: Literal["local", "dask"],
    cluster: str | None,
    cluster_tls: tuple[Path, Path, Path] | None,
    guests: int | None,
    jobs: int | None,
) -> None:
    """Hold a lesson or a contest for whoever is on the network, until Ctrl-C.

    PACK is a folder with a pack.yaml, the id of an imported pack, or campaign. Everything is kept in one file: the
    same command goes on where it was.
    """
    if (executor == "dask") != (cluster is not None):
        raise click.UsageError("--executor dask and --cluster ADDRESS belong together")
    if cluster_tls is not None and cluster is None:
        raise click.UsageError("--cluster-tls belongs to --cluster")
    _check_installed(guests is not None)
    from scalegame.competition.referee.referee import Referee
    from scalegame.competition.server.endpoints import House
    from scalegame.competition.server.run import Tls, addresses, listening, serve
    from scalegame.competition.server.settings_file import Given

    folder = _folder(pack)
    given = Given(mode, None if start is None else _moment(start), minutes)
    proof = None if tls is None else Tls(*tls)
    workers = jobs or min(max((os.cpu_count() or 2) - 1, 1), MOST_JOBS)
    with ExitStack() as stack:
        made = stack.enter_context(listening(listen, port))
        pool = stack.enter_context(_executor(cluster, cluster_tls, workers))
        contest, is_new = _contest(folder, db, settings, given)
        stack.callback(contest.close)
        found = addresses(made, names, proof is not None)
        play = "" if guests is None else stack.enter_context(_guests(contest, found, made, names, proof, guests))
        judge = Referee(contest, pool, workers)
        house = House(contest, judge, pool, tls=proof is not None, addresses=found)

        def ready() -> None:
            _tell(contest, is_new, found, made, proof, play)

        with suppress(KeyboardInterrupt), _ended_tidily():
            serve(house, made, names, play, proof, ready)
    click.echo("\nEnded. Everything is kept: the same command goes on with it.")


@contextmanager
def _ended_tidily() -> Iterator[None]:
    """Meanwhile a process that is told to end does it as after Ctrl-C: with its last answers given."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _check_installed(guests: bool) -> None:
    """Says what to install where the server's libraries are not there."""
    from importlib.util import find_spec

    needed = {"server": ("starlette", "uvicorn", "jinja2"), "web": ("textual_serve",) if guests else ()}
    missing = [extra for extra, parts in needed.items() if any(find_spec(part) is None for part in parts)]
    if missing:
        message = f"this needs a few things more: pip install 'scalegame[{','.join(missing)}]'"
        raise ScalegameError("Not installed", message)


def _folder(pack: str) -> Path:
    """The folder of the pack that is meant.

    Raises:
        ScalegameError: There is none.
    """
    from scalegame.levels import packs
    from scalegame.levels.naming import CAMPAIGN
    from scalegame.levels.packnames import PACK_FILE

    if pack and Path(pack, PACK_FILE).is_file():
        return Path(pack)
    known = {path.name: path for path in packs.installed_paths()} | {CAMPAIGN: packs.folder()}
    if pack in known:
        return known[pack]
    hint = nearest(pack, known)
    message = f"there is no pack {quoted(pack)}{hint}; a folder of your own needs a {PACK_FILE}"
    raise ScalegameError("No such pack", message)


def _moment(text: str) -> float | Literal["now"]:
    from scalegame.competition.server.settings_file import moment

    return "now" if text == "now" else moment(text)


def _contest(folder: Path, db: Path | None, settings: Path | None, given: Given) -> tuple[Contest, bool]:
    """The competition, and whether it is a new one."""
    from scalegame.competition.referee.contest import Contest
    from scalegame.competition.server.settings_file import read
    from scalegame.levels.packfolder import entries_of, read_pack

    pack = read_pack(folder)
    path = db or Path(f"{pack.id}-{time.strftime('%Y-%m-%d')}.contest")
    if path.exists() and path.stat().st_size:
        return Contest.open(path, folder), False
    now = time.time()
    return Contest.create(path, folder, read(settings, entries_of(pack), pack.title, given, now), now), True


@contextmanager
def _executor(cluster: str | None, tls: tuple[Path, Path, Path] | None, workers: int) -> Iterator[Executor]:
    """Where designs are judged; at the end nothing is waited for, it will be judged next time."""
    from scalegame.competition.judging import executors

    if cluster is None:
        pool = executors.local(workers)
    else:
        pool = executors.cluster(cluster, None if tls is None else executors.Tls(*tls))
    try:
        yield pool
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


@contextmanager
def _guests(
    contest: Contest, found: list[str], made: socket.socket, names: tuple[str, ...], tls: Tls | None, most: int
) -> Iterator[str]:
    """Meanwhile guests can play; the address at which they do."""
    from scalegame.tui.guests.process import guests
    from scalegame.tui.guests.setting import Setting

    # What they have played is kept with the competition: who comes back goes on.
    folder = Path(f"{contest.store.path}.guests").absolute()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    host, port = made.getsockname()[:2]
    setting = Setting(
        server=_own(found, tls),
        ca=None if tls is None else str(tls.certificate.absolute()),
        board=f"{found[0]}/board#{contest.code}",
        code=contest.code,
        title=contest.settings.title,
        groups=contest.settings.groups,
        folder=str(folder),
        most=most,
        host=host,
        port=port,
        names=names,
        tls=None if tls is None else (str(tls.certificate), str(tls.key)),
    )
    with guests(setting) as address:
        yield address


def _own(found: list[str], tls: Tls | None) -> str:
    """Where this machine itself finds the server: what is not encrypted does not go through the network."""
    return next((each for each in found if "127.0.0.1" in each), found[0]) if tls is None else found[0]


def _tell(
    contest: Contest, is_new: bool, found: list[str], made: socket.socket, tls: Tls | None, play: str
) -> None:
    """Prints what people need, once it can be used."""
    now = time.time()
    instructor = contest.instructor or contest.new_instructor(now)
    settings = contest.settings
    first = found[0]
    count = f"{len(settings.slots)} level{'' if len(settings.slots) == 1 else 's'}"
    say = [
        f"{settings.title}: a {settings.mode} with {count}{'' if is_new else ', goes on where it was'}",
        "",
        f"  join         scalegame join {first}",
        f"  code         {contest.code}",
        f"  board        {first}/board#{contest.code}",
        *([f"  in a browser {play}  (nothing to install)"] if play else []),
        f"  instructor   {_own(found, tls)}/host#{instructor}  (keep this link to yourself)",
        f"  kept in      {contest.store.path}",
    ]
    if settings.start is None:
        say.append("  start        by hand, on the instructor's page")
    if not is_new:
        say.append("  settings     as they were: another --db begins a new one")
    if tls is None and not made.getsockname()[0].startswith("127."):
        say += ["", "Not encrypted: who is on this network may read along. --tls CERT KEY encrypts it."]
    click.echo("\n".join(printable(line) for line in [*say, "", "Ctrl-C ends it."]))
