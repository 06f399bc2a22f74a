"""One run: an own PostgreSQL with `fsync` on, a calm part, the fire, quiet, the count."""

from __future__ import annotations

import json
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

from app_templates import installer, loader
from bench.crash import checks, receivers
from bench.crash.checks import Check, Rows
from bench.crash.client import Client
from bench.crash.ledger import Ledger
from bench.crash.processes import Crew, crew
from bench.crash.receivers import Arrivals
from engine import db, identity, migrations
from engine.actor import SYSTEM
from engine.embedded_postgres import EmbeddedPostgres
from engine.settings import Settings
from form_engine import balances, records
from form_engine.record import Change
from web.platform import Platform

Report = Callable[[str], None]
#: What a run returns: JSON.
Result = dict[str, Any]

APP: Final = Path(__file__).parent / "app" / "fire"
PRODUCTS: Final = ("bolt", "nut", "gear", "shaft", "frame", "cover", "rare")
SCARCE: Final = "rare"
SCARCE_PIECES: Final = 25
MANY_PIECES: Final = 1_000_000
#: What a killed worker has claimed is another's after this long at most: an effect that was being sent.
_CLAIMS: Final = timedelta(minutes=10)
_AHEAD_SECONDS: Final = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How long, how many, how wild.

    calm_approvals -- approved before the first kill; 0 leaves the calm part out.
    seconds        -- of fire; it goes on until `approvals` are acknowledged, three times as long or two minutes at most.
    kills          -- the fire goes on until so many processes were killed, likewise.
    kill_seconds   -- between two kills of a server or worker, on average.
    stops          -- at which fractions of each minute, or of a shorter run, PostgreSQL is stopped hard.
    finish_seconds -- how long clients may take to finish what they began.
    is_hurried     -- afterwards, do not wait until the claims of killed workers are over: a worker whose clock is ahead
                      takes them.
    """

    calm_approvals: int
    seconds: float
    approvals: int
    seed: int
    kills: int = 0
    kill_seconds: float = 1.0
    stops: tuple[float, ...] = (0.3, 0.7)
    clients: int = 8
    servers: int = 2
    workers: int = 2
    finish_seconds: float = 90.0
    quiet_seconds: float = 400.0
    is_hurried: bool = False


@dataclass(slots=True, kw_only=True)
class Scene:
    """Everything that takes part."""

    plan: Plan
    url: str
    folder: Path
    ledger: Ledger
    web: Arrivals
    post: Arrivals
    tokens: list[str]
    products: dict[str, str]
    crew: Crew
    random: Random
    report: Report


def run(plan: Plan, report: Report) -> Result:
    """Run it; return what happened and what was found. `is_kept` says whether every promise was."""
    random = Random(plan.seed)  # noqa: S311 - chooses victims and moments
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dougong-crash-")))
        folder.chmod(0o755)
        postgres = EmbeddedPostgres(folder / "postgres", fsync=True, die_with_parent=True)
        url = stack.enter_context(postgres)
        web = stack.enter_context(receivers.web(Random(plan.seed + 1)))  # noqa: S311 - likewise
        post = stack.enter_context(receivers.post(Random(plan.seed + 2)))  # noqa: S311 - likewise
        tokens, products = install(url, folder, web.port, plan.clients)
        environment = {
            "DOUGONG_HTTP_ALLOW": f"127.0.0.1:{web.port}",
            "DOUGONG_SMTP_URL": f"smtp://127.0.0.1:{post.port}",
            "DOUGONG_MAIL_FROM": "dougong@example.com",
        }
        processes = stack.enter_context(
            crew(
                url=url,
                postgres=postgres,
                folder=folder,
                environment=environment,
                servers=plan.servers,
                workers=plan.workers,
                random=random,
            )
        )
        scene = Scene(
            plan=plan,
            url=url,
            folder=folder,
            ledger=Ledger(),
            web=web,
            post=post,
            tokens=tokens,
            products=products,
            crew=processes,
            random=random,
            report=report,
        )
        return _played(scene)


def install(url: str, folder: Path, port: int, clients: int) -> tuple[list[str], dict[str, str]]:
    """Install the app with its clerks and its stock; return the clerks' tokens and the products' ids by name."""
    platform = Platform.connect(Settings(data_dir=folder / "data"), url)
    try:
        migrations.upgrade(platform.database.engine)
        with platform.database.unit_of_work() as session, _app(port) as app:
            installer.install(session, SYSTEM, loader.load(app))
        with platform.database.unit_of_work() as session:
            made = [Change(action="create", values={"name": name}) for name in PRODUCTS]
            products = {
                str(one.values["name"]): str(one.id) for one in records.apply(session, SYSTEM, "fire.product", made)
            }
            moves = [{"number": f"S-{name}", "product": products[name], "quantity": _pieces(name)} for name in PRODUCTS]
            records.apply(
                session, SYSTEM, "fire.stock_move", [Change(action="create", values=values) for values in moves]
            )
            return [_clerk(session, number) for number in range(clients)], products
    finally:
        platform.database.dispose()


def _pieces(product: str) -> str:
    return str(SCARCE_PIECES if product == SCARCE else MANY_PIECES)


def _clerk(session: db.Session, number: int) -> str:
    clerk = identity.create_user(
        session, SYSTEM, username=f"clerk{number}", name=f"Clerk {number}", roles=["fire.clerk"]
    )
    actor = identity.actor_for_user(session, clerk.id)
    return identity.create_api_token(session, actor, title="bench", scopes=["*:write", "*:read"])[0]


@contextmanager
def _app(port: int) -> Iterator[Path]:
    """Give the app's folder, its requests going to the receiver's port."""
    with tempfile.TemporaryDirectory(prefix="dougong-fire-") as folder:
        for file in sorted(APP.rglob("*.json")):
            target = Path(folder) / "fire" / file.relative_to(APP)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(file.read_text("utf-8").replace("127.0.0.1:9/", f"127.0.0.1:{port}/"), "utf-8")
        yield Path(folder) / "fire"


def _played(scene: Scene) -> Result:
    plan, began = scene.plan, time.monotonic()
    while not scene.crew.are_up():
        scene.crew.tend()
        time.sleep(0.02)
    parts: dict[str, Any] = {}
    if plan.calm_approvals:
        scene.report(f"calm: {plan.calm_approvals} approvals over {plan.clients} connections …")
        parts["calm"] = _part(scene, 0.0, plan.calm_approvals, is_burning=False)
        _quiet(scene, is_hurried=False)
        parts["calm"]["checks"] = [asdict(one) for one in _checks(scene)]
    if plan.seconds:
        scene.report(f"fire: {plan.seconds:.0f} s …")
        parts["fire"] = _part(scene, plan.seconds, plan.approvals, is_burning=True)
    scene.report("waiting until everything is done …")
    quiet_began = time.monotonic()
    _quiet(scene, is_hurried=plan.is_hurried)
    quiet_seconds = time.monotonic() - quiet_began
    scene.crew.stop()
    found = _checks(scene)
    is_calm_kept = all(not one["found"] for one in parts.get("calm", {}).get("checks", ()))
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "seed": plan.seed,
        "seconds": time.monotonic() - began,
        "quiet_seconds": quiet_seconds,
        "parts": parts,
        "kills": dict(scene.crew.kills),
        "answers": {str(status): count for status, count in sorted(scene.ledger.answers.items())},
        "replayed": scene.ledger.replayed,
        "refused": scene.ledger.refused,
        "double_clicks": scene.ledger.double_clicks,
        "effects": {"keys": len(scene.web.contents) + len(scene.post.contents), "arrivals": _arrivals(scene)},
        "checks": [asdict(one) for one in found],
        "errors": checks.errors(scene.folder),
        "is_kept": is_calm_kept and all(one.is_kept for one in found),
    }


def _arrivals(scene: Scene) -> int:
    return scene.web.counts.total() + scene.post.counts.total()


def _part(scene: Scene, seconds: float, approvals: int, *, is_burning: bool) -> dict[str, Any]:
    """Let the clients work for so long, and until so many more approvals are acknowledged."""
    stop, leave = threading.Event(), threading.Event()
    before = scene.ledger.approved()
    number = "fire" if is_burning else "calm"
    clients = [
        Client(
            number=f"{number}{index}",
            addresses=scene.crew.addresses,
            token=token,
            products=scene.products,
            scarce=SCARCE,
            ledger=scene.ledger,
            random=Random(f"{scene.plan.seed} {number} {index}"),  # noqa: S311 - chooses what is ordered
            stop=stop,
            leave=leave,
        )
        for index, token in enumerate(scene.tokens)
    ]
    threads = [threading.Thread(target=client.run, daemon=True) for client in clients]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    try:
        _burn(scene, began, seconds, before + approvals, is_burning=is_burning)
        took = time.monotonic() - began
    finally:
        stop.set()
    _finished(scene, threads, leave)
    return {"seconds": took, "approvals": scene.ledger.approved() - before}


def _burn(scene: Scene, began: float, seconds: float, approvals: int, *, is_burning: bool) -> None:
    """Kill what can be killed until the time is over and the approvals are there."""
    plan = scene.plan
    minute = min(60.0, seconds) if is_burning else 60.0
    stops = [minute * (index + fraction) for index in range(int(seconds // minute) + 1) for fraction in plan.stops]
    longest = max(3 * seconds, 120.0) if is_burning else 600.0
    next_kill = began + (scene.random.uniform(0, 2 * plan.kill_seconds) if is_burning else longest)
    while (passed := time.monotonic() - began) < longest:
        is_enough = scene.ledger.approved() >= approvals and (not is_burning or scene.crew.kills.total() >= plan.kills)
        if passed >= seconds and is_enough:
            return
        scene.crew.tend()
        if is_burning and stops and passed >= stops[0] and passed < seconds:
            stops.pop(0)
            scene.crew.stop_postgres(scene.random.uniform(0.1, 1.0))
        if time.monotonic() >= next_kill:
            scene.crew.kill_one()
            next_kill = time.monotonic() + scene.random.uniform(0, 2 * _pause(scene))
        time.sleep(0.02)


def _pause(scene: Scene) -> float:
    """Return the mean pause between kills (seconds): longer where a process takes long to start, or none ever would."""
    return max(scene.plan.kill_seconds, (scene.crew.start_seconds or 0.0) / 8)


def _finished(scene: Scene, threads: list[threading.Thread], leave: threading.Event) -> None:
    until = time.monotonic() + scene.plan.finish_seconds
    while any(thread.is_alive() for thread in threads):
        scene.crew.tend()
        if time.monotonic() > until:
            leave.set()
        time.sleep(0.05)


def _quiet(scene: Scene, *, is_hurried: bool) -> None:
    """Wait until nothing is left to do, or what is left waits for a person."""
    if is_hurried:
        scene.crew.stop()
        _work_ahead(scene)
        return
    rows = Rows(scene.url)
    until = time.monotonic() + scene.plan.quiet_seconds
    while time.monotonic() < until:
        scene.crew.tend()
        if not _left(rows):
            return
        time.sleep(0.5)


def _left(rows: Rows) -> int:
    left: int = rows.all(
        "SELECT (SELECT count(*) FROM meta.job WHERE status <> 'dead' AND coalesce(key, '') NOT LIKE 'every:%')"
        " + (SELECT count(*) FROM meta.flow_effect WHERE status IN ('waiting', 'sending'))"
    )[0][0]
    return left


def _work_ahead(scene: Scene) -> None:
    """Do what is left, with a clock for which every claim and every pause between attempts is over."""
    ahead = timedelta(0)
    settings = Settings(
        data_dir=scene.folder / "data",
        http_allow=f"127.0.0.1:{scene.web.port}",
        smtp_url=f"smtp://127.0.0.1:{scene.post.port}",
        mail_from="dougong@example.com",
    )
    rows = Rows(scene.url)
    for _ in range(20):
        ahead += _CLAIMS
        database = db.connect(scene.url, clock=_Clock(ahead))
        stop = threading.Event()
        worker = threading.Thread(target=Platform(settings=settings, database=database).worker().run, args=(stop,))
        worker.start()
        until = time.monotonic() + _AHEAD_SECONDS
        while _left(rows) and time.monotonic() < until:
            time.sleep(0.05)
        stop.set()
        worker.join()
        database.dispose()
        if not _left(rows):
            return


@dataclass(frozen=True, slots=True)
class _Clock:
    ahead: timedelta

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


def _checks(scene: Scene) -> list[Check]:
    """Return every check of what is there now."""
    platform = Platform.connect(Settings(data_dir=scene.folder / "data"), scene.url)
    try:
        with platform.database.unit_of_work() as session:
            differences = balances.verify(session, "fire.stock")
    finally:
        platform.database.dispose()
    totals = Rows(scene.url).all("SELECT product, on_hand, reserved FROM fire.stock")
    below = [one for one in totals if one[1] < one[2]]
    return [
        *checks.run(scene.url, scene.ledger, scene.web, scene.post),
        checks.balance(differences, below, len(totals)),
        checks.deadlocks(scene.folder / "postgres"),
        Check(title="no process ended by itself", counted=scene.crew.kills.total(), found=list(scene.crew.ended)),
    ]


def told(result: Mapping[str, Any]) -> Iterator[str]:
    """Yield the run for people, as Markdown."""
    parts = ", ".join(
        f"{name}: {one['approvals']} approvals in {one['seconds']:.0f} s" for name, one in result["parts"].items()
    )
    kills = ", ".join(f"{name} {count} times" for name, count in result["kills"].items()) or "nobody"
    answers = ", ".join(
        f"{count} × {'none' if status == '0' else status}" for status, count in result["answers"].items()
    )
    effects = result["effects"]
    yield f"{result['at']} · seed {result['seed']} · {parts} · {result['quiet_seconds']:.0f} s until everything was done"
    yield ""
    yield f"Killed: {kills}. Answers: {answers}; {result['replayed']} were given a second time."
    yield (
        f"Double clicks: {result['double_clicks']}. Approvals refused for want of stock: {result['refused']}."
        f" {effects['keys']} outside effects arrived {effects['arrivals']} times."
    )
    for name, one in (("calm", result["parts"].get("calm", {})), ("all", result)):
        if "checks" in one:
            yield ""
            yield f"After {'the calm part' if name == 'calm' else 'everything'}:"
            yield ""
            yield from checks.told([Check(**check) for check in one["checks"]])
    for error in result["errors"]:
        yield from ("", "```", error, "```")


def write(result: Mapping[str, Any], file: Path) -> None:
    """Write everything as JSON."""
    file.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", "utf-8")
