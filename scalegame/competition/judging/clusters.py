"""Runs on a Dask cluster. The only module that knows Dask; it is there with the extra `cluster`."""

from __future__ import annotations

import ipaddress
import logging
import pickle
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from functools import partial
from typing import TYPE_CHECKING, ParamSpec, TypeVar, cast
from urllib.parse import urlsplit

from scalegame.competition.judging.tasks import STOPPED, TRIES, Task
from scalegame.errors import ScalegameError, quoted

if TYPE_CHECKING:
    from scalegame.competition.judging.executors import Tls

try:
    import dask
    from distributed import Client, KilledWorker, LocalCluster, Security
    from distributed.comm.core import CommClosedError
except ImportError:
    message = "a cluster needs one thing more: pip install 'scalegame[cluster]'"
    raise ScalegameError("Not installed", message) from None

P = ParamSpec("P")
T = TypeVar("T")

#: Seconds until scheduler and workers have to answer at the start, or after they were lost.
ANSWER = 30.0
#: Seconds between two looks whether a lost scheduler is back.
_LOOK = 0.2
#: … and whether there is a worker.
_WATCH = 2.0
#: Seconds before what was lost is made again. A worker that is just being started again is not watched yet by
#: who starts it: dying then it would be gone for good.
_PAUSE = 2.0


class Address:
    """Of a scheduler that may be spoken to.

    Attributes:
        text: As Dask takes it.
        encrypted: Machines there know each other by their certificates; otherwise nobody else gets there.
    """

    def __init__(self, text: str) -> None:
        """Reads an address; `127.0.0.1:8786` is one of this machine.

        Raises:
            ScalegameError: It is none, or others could run there what they like.
        """
        written = text.strip()
        try:
            parts = urlsplit(written if "://" in written else f"tcp://{written}")
            host, port = parts.hostname, parts.port
        except ValueError:
            parts, host, port = urlsplit(""), None, None
        more = parts.path or parts.query or parts.fragment or parts.username
        if parts.scheme not in ("tcp", "tls") or not host or not port or more:
            message = f"{quoted(text)} is no address of a scheduler: write tcp://127.0.0.1:8786 or tls://host:8786"
            raise ScalegameError("Not an address", message)
        self.encrypted = parts.scheme == "tls"
        if not self.encrypted and not _is_here(host):
            message = (
                f"whoever reaches {host} could run anything there: start the cluster with certificates and write"
                f" tls://{parts.netloc}, or start it on this machine and write tcp://127.0.0.1:{port}"
            )
            raise ScalegameError("Not safe", message)
        self.text = f"{parts.scheme}://{parts.netloc}"


def _is_here(host: str) -> bool:
    """Whether a host is this machine, and can be reached from this machine only."""
    try:
        found = {host} if _is_number(host) else {str(info[4][0]) for info in socket.getaddrinfo(host, None)}
    except (OSError, UnicodeError):
        return False
    return bool(found) and all(_is_number(one) and ipaddress.ip_address(one).is_loopback for one in found)


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


class Lost(Exception):
    """A result was fetched, and its worker was gone before anybody was told."""


class Carried:
    """What a worker made.

    Where the worker dies at the moment its result arrives, Dask's executor holds the result for an error and takes
    it apart into three. Only then is a `Carried` taken apart.
    """

    def __init__(self, made: object) -> None:
        self.made = made

    def __iter__(self) -> Iterator[object]:
        raise Lost


def carried(packed: bytes) -> Carried:
    """On a worker: does what was packed by the judge.

    Dask looks into what it is given, and takes text there for what it may not be; it does not look into bytes.
    """
    fn, args, kwargs = pickle.loads(packed)
    return Carried(fn(*args, **kwargs))


class Cluster(Executor):
    """A Dask cluster as an executor. What is lost with workers, or with the connection, is made again."""

    def __init__(self, connect: Callable[[], Client], close: Callable[[], object] | None = None) -> None:
        """Connects.

        Args:
            connect: Called at once, and again if the connection was lost for good.
            close: Ends the cluster, if it is the executor's own.
        """
        self._connect, self._close = connect, close
        self._lock = threading.RLock()
        self._client = connect()
        self._open: dict[Future[object], Task] = {}
        self._mender = ThreadPoolExecutor(1, "mending")
        self._closed = False
        self._stopping = threading.Event()
        self._gone = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    @classmethod
    def at(cls, address: str, tls: Tls | None) -> Cluster:
        """A cluster that somebody else started; see `executors.cluster`."""
        checked = Address(address)
        return cls(partial(_connected, checked, _security(checked, tls)))

    @classmethod
    def here(cls, workers: int) -> Cluster:
        """A new one on this machine, in processes; it ends with the executor."""
        _quiet()
        # Without its pages: nobody looks at them, and they would listen where others can reach them.
        # A task that a worker died of is told at once; how often it is made again is said here.
        with dask.config.set({"distributed.scheduler.allowed-failures": 0}):
            own = LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                processes=True,
                host="127.0.0.1",
                scheduler_kwargs={"dashboard": False, "dashboard_address": "127.0.0.1:0"},
                silence_logs=logging.CRITICAL,
            )
        try:
            return cls(lambda: Client(own, timeout=ANSWER, set_as_default=False), own.close)
        except BaseException:
            own.close()
            raise

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Does something on a worker.

        Returns:
            A future; it fails with `ScalegameError` "Not judged" where worker after worker was lost with it.

        Raises:
            RuntimeError: It has been shut down.
        """
        packed = pickle.dumps((fn, args, kwargs))
        task = Task(partial(carried, packed))
        with self._lock:
            if self._closed:
                raise RuntimeError("cannot schedule new futures after shutdown")
            self._open[task.future] = task
        task.future.add_done_callback(self._forget)
        try:
            self._begin(task)
        except Exception:
            # The connection is gone; the thread that mends waits for another.
            self._mend(task)
        return task.future  # type: ignore[return-value]

    def _forget(self, future: Future[object]) -> None:
        with self._lock:
            self._open.pop(future, None)

    def _begin(self, task: Task) -> None:
        inner = self._client.get_executor(pure=False).submit(task.call)
        task.future.add_done_callback(lambda future: inner.cancel() if future.cancelled() else None)
        inner.add_done_callback(partial(self._ended, task))

    def _ended(self, task: Task, inner: Future[object]) -> None:
        if task.future.cancelled():
            task.drop()
        elif inner.cancelled() or isinstance(inner.exception(), KilledWorker | CommClosedError | Lost):
            self._mend(task)
        elif (error := inner.exception()) is None:
            task.give(cast(Carried, inner.result()).made)
        elif isinstance(error, ScalegameError):
            task.give_up(error)
        else:
            task.fail(f"the cluster could not make a run of it ({type(error).__name__}: {error}): look there")

    def _mend(self, task: Task) -> None:
        # Not here: this is the thread that listens to the scheduler, and it may not wait for it.
        try:
            self._mender.submit(self._again, task)
        except RuntimeError:
            task.fail(STOPPED)

    def _again(self, task: Task) -> None:
        task.tried += 1
        if task.future.cancelled():
            task.drop()
        elif task.tried > TRIES:
            task.fail("the workers that made a run of it were lost each time: look there, then judge it again")
        else:
            try:
                self._stopping.wait(_PAUSE)
                self._reach()
                self._begin(task)
            except Exception as error:
                stopped = self._stopping.is_set()
                task.fail(STOPPED if stopped else f"the cluster cannot be reached any more: {error}")

    def _reach(self) -> None:
        """Waits until the connection is there again; makes another where Dask has given it up."""
        until = time.monotonic() + ANSWER
        while self._client.status not in ("running", "closed") and time.monotonic() < until:
            if self._stopping.is_set():
                raise ScalegameError("Not judged", STOPPED)
            time.sleep(_LOOK)
        if self._client.status != "running":
            self._client = self._connect()

    def _watch(self) -> None:
        """Without a worker Dask waits for one for ever. Whoever asked would do so, too."""
        since = time.monotonic()
        while not self._gone.wait(_WATCH):
            with self._lock:
                left = list(self._open.values())
            if not left or self._has_workers():
                since = time.monotonic()
            elif time.monotonic() - since > ANSWER:
                for task in left:
                    task.fail("the cluster has no worker any more: start one, then judge it again")

    def _has_workers(self) -> bool:
        try:
            return bool(self._client.nthreads())
        except Exception:
            return True  # not known: the connection is lost, and that is mended elsewhere

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leaves the cluster; one of its own is ended.

        Args:
            wait: Until everything is done; otherwise what is not is cancelled.
            cancel_futures: What is not done is cancelled in either case.
        """
        with self._lock:
            self._closed = True
            if not wait:
                self._stopping.set()
            left = list(self._open.values())
        if cancel_futures or not wait:
            for task in left:
                task.future.cancel()
        _wait(left)
        self._mender.shutdown(wait=wait, cancel_futures=not wait)
        self._gone.set()
        self._client.close()
        if self._close is not None:
            self._close()


def _wait(left: list[Task]) -> None:
    wait([task.future for task in left])


def _connected(address: Address, security: Security | None) -> Client:
    _quiet()
    try:
        client = Client(address.text, security=security, timeout=ANSWER, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ScalegameError(
            "No cluster", f"nothing that can be used answers at {address.text}: {error}"
        ) from None
    try:
        _check_reach(client, address)
        client.wait_for_workers(1, timeout=ANSWER)
    except (OSError, TimeoutError):
        client.close()
        message = f"the cluster at {address.text} has no worker: start one with dask worker {address.text}"
        raise ScalegameError("No cluster", message) from None
    except ScalegameError:
        client.close()
        raise
    return client


def _check_reach(client: Client, address: Address) -> None:
    """Reached by loopback, a scheduler may still listen to everybody: its own address says so."""
    if address.encrypted:
        return
    about = client.scheduler_info()
    for one in (about["address"], *about["workers"]):
        host = urlsplit(one).hostname or ""
        if not _is_here(host):
            message = (
                f"the cluster can be reached at {one}, and whoever reaches it can run anything there:"
                " start scheduler and workers with --host 127.0.0.1, or with certificates"
            )
            raise ScalegameError("Not safe", message)


def _security(address: Address, tls: Tls | None) -> Security | None:
    if not address.encrypted:
        if tls is not None:
            message = f"{address.text} does not use certificates: write tls:// in front, or leave them out"
            raise ScalegameError("Not encrypted", message)
        return None
    if tls is None:
        message = f"{address.text} needs three files: the authority's certificate, the judge's, and its key"
        raise ScalegameError("No certificate", message)
    for path in tls:
        if not path.is_file():
            raise ScalegameError("No such file", f"there is no file {path}")
    return Security(
        tls_ca_file=str(tls.authority),
        tls_client_cert=str(tls.certificate),
        tls_client_key=str(tls.key),
        require_encryption=True,
    )


def _quiet() -> None:
    """What Dask logs about lost workers is mended here, or told by an error."""
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
