"""Drives Debian's Chromium without a screen, over its DevTools pipe: no package and no port is needed.

The protocol: https://chromedevtools.github.io/devtools-protocol/. Commands and answers are JSON, each ended by
a zero byte; Chromium reads them from descriptor 3 and writes to descriptor 4.
"""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

#: Seconds in which an answer must be there.
_PATIENCE = 60
_OPTIONS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
]


def chromium() -> str | None:
    """Where Chromium is, if it is installed."""
    return shutil.which("chromium")


class Page:
    """A page that is looked at.

    Attributes:
        requests: The addresses of all that it asked for, its own among them.
        complaints: What its console said, exceptions, and what its policy refused.
    """

    def __init__(self, process: subprocess.Popen[bytes], into: int, out: int) -> None:
        self._process, self._into, self._out = process, into, out
        self._number = 0
        self._buffer = b""
        self._session: str | None = None
        self._loaded = False
        self.requests: list[str] = []
        self.complaints: list[str] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Ask for something, and return the answer."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": params}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._into, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer["error"]
                return answer["result"]
            self._note(answer)

    def open(self, path: Path, *, width: int = 1200, height: int = 900, dark: bool = False) -> None:
        """Open a file, and wait until the page says that it is ready."""
        self.look(width=width, height=height, dark=dark)
        self._loaded = False
        self.call("Page.navigate", url=path.as_uri())
        while not self._loaded:
            self._note(self._receive())
        self.until("document.documentElement.getAttribute('data-ready') === 'yes'")

    def look(self, *, width: int, height: int, dark: bool = False) -> None:
        """Set the window's size, and light or dark."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    def run(self, script: str) -> Any:
        """Evaluate an expression in the page, and return its value; a promise is waited for."""
        done = self.call(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in done, done["exceptionDetails"]
        return done["result"].get("value")

    def until(self, condition: str) -> None:
        """Wait until an expression is true, looking anew with each frame that is drawn."""
        frames = f"""new Promise((done) => {{
            let left = 2000;
            const look = () => ({condition}) ? done(true) : left-- ? requestAnimationFrame(look) : done(false);
            look();
        }})"""
        assert self.run(frames), (condition, self.complaints)

    def frames(self, number: int = 3) -> None:
        """Wait until some frames were drawn."""
        self.run(
            f"new Promise((done) => {{ let n = {number}; const f = () => n-- ? requestAnimationFrame(f) : done(1); f(); }})"
        )

    def picture(self, *, whole: bool = False) -> bytes:
        """A screenshot, as PNG."""
        taken = self.call("Page.captureScreenshot", captureBeyondViewport=whole, format="png")
        return base64.b64decode(taken["data"])

    def press(self, key: str) -> None:
        """Press a key where the focus is."""
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key)

    def _receive(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._out], [], [], _PATIENCE)
            assert ready, "Chromium does not answer"
            got = os.read(self._out, 1 << 20)
            assert got, f"Chromium has gone: {self._process.poll()}"
            self._buffer += got
        message, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(message)

    def _note(self, event: dict[str, Any]) -> None:
        params = event.get("params", {})
        if event.get("method") == "Page.loadEventFired":
            self._loaded = True
        elif event.get("method") == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif event.get("method") == "Runtime.consoleAPICalled":
            self.complaints.append(f"console: {params['type']} {params['args']}")
        elif event.get("method") == "Runtime.exceptionThrown":
            self.complaints.append(f"exception: {params['exceptionDetails']}")
        elif event.get("method") == "Log.entryAdded":
            self.complaints.append(f"log: {params['entry']['text']}")


@contextmanager
def browser() -> Iterator[Page]:
    """A browser with one page and a profile of its own, both gone afterwards."""
    program = chromium()
    assert program is not None
    theirs_in, ours_in = os.pipe()
    ours_out, theirs_out = os.pipe()

    with tempfile.TemporaryDirectory(prefix="chromium-") as profile:
        # A shell puts the pipes where Chromium looks for them.
        words = f'exec "$0" "$@" 3<&{theirs_in} 4>&{theirs_out}'
        process = subprocess.Popen(
            ["bash", "-c", words, program, *_OPTIONS, f"--user-data-dir={profile}"],
            pass_fds=(theirs_in, theirs_out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        try:
            yield Page(process, ours_in, ours_out)
        finally:
            os.close(ours_in)
            os.close(ours_out)
            process.terminate()
            process.wait(30)
