"""Where pollers are measured: a folder of feeds and the server that serves them, in its process."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from benchmarks.site import HOSTS
from benchmarks.written import poll_corpus


class Ground:
    """Feeds on so many loopback hosts; `renew` gives each one entry more."""

    ports: ClassVar = {"http": 18_080, "https": 18_443}

    def __init__(self, feeds: int, *, tls: bool = False) -> None:
        self.feeds = feeds
        self.scheme = "https" if tls else "http"

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="nightdesk-bench-")
        self.home = Path(self._folder.name)
        self.certificate = self.home / "certificate.pem"
        site = self.home / "site"
        site.mkdir()
        self._versions = poll_corpus(self.feeds)
        for number, (before, _) in enumerate(self._versions):
            (site / f"{number}.xml").write_bytes(before)
        served = str(self._certify())
        certificate = [served] if self.scheme == "https" else []
        port = str(self.ports[self.scheme])
        self._server = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.site", str(site), port, *certificate],
            stdout=subprocess.PIPE,
        )
        assert self._server.stdout is not None
        self._server.stdout.readline()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.terminate()
        self._server.wait(10)
        self._folder.cleanup()

    def urls(self, way: str = "etag") -> list[str]:
        port = self.ports[self.scheme]
        return [f"{self.scheme}://{HOSTS[n]}:{port}/{way}/{n}.xml" for n in range(self.feeds)]

    def nothing(self) -> str:
        """An address where no feed is: what a poller costs before it has any."""
        return f"{self.scheme}://{HOSTS[0]}:{self.ports[self.scheme]}/etag/none.xml"

    def renew(self) -> None:
        for number, (_, after) in enumerate(self._versions):
            (self.home / "site" / f"{number}.xml").write_bytes(after)

    def _certify(self) -> Path:
        """A certificate for every host, which signs itself."""
        names = ",".join(f"IP:{host}" for host in HOSTS)
        openssl = shutil.which("openssl") or "openssl"
        request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
        key = self.home / "key.pem"
        subprocess.run(
            [openssl, *request.split(), "-keyout", str(key), "-out", str(self.certificate),
             "-subj", "/CN=bench", "-addext", f"subjectAltName={names}"],
            check=True, capture_output=True,
        )  # fmt: skip
        both = self.home / "server.pem"
        both.write_bytes(self.certificate.read_bytes() + key.read_bytes())
        return both
