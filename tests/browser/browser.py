"""A headless Chromium, spoken to over a pipe with its DevTools protocol.

Nothing but the standard library: messages are JSON with a NUL byte behind each,
on descriptors 3 (to the browser) and 4 (from it).
"""

import base64
import json
import os
import pathlib
import select
import shutil
import subprocess
import tempfile
import time

SKIPPED = 77
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE = 20


def find_program():
    """The path of a Chromium, or None."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


class Browser:
    """One browser with one page."""

    def __init__(self, program, width=1280, height=900):
        self.folder = tempfile.TemporaryDirectory(prefix="whyreg-browser-", ignore_cleanup_errors=True)
        self.next_id, self.events = 0, []
        to_child, self.writer = os.pipe()
        self.reader, from_child = os.pipe()
        self.process = subprocess.Popen(
            ["/bin/sh", "-c", f'exec "$@" 3<&{to_child} 4>&{from_child}', "sh", program, "--headless=new",
             "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-extensions", "--no-first-run",
             "--hide-scrollbars", "--remote-debugging-pipe", f"--user-data-dir={self.folder.name}",
             f"--window-size={width},{height}", "about:blank"],
            pass_fds=(to_child, from_child), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_child)
        os.close(from_child)
        self.buffer = b""
        self.session = None
        target = self.call("Target.getTargets")["targetInfos"]
        page = next(info["targetId"] for info in target if info["type"] == "page")
        self.session = self.call("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.resize(width, height)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # Its helpers outlive it for a moment, and write to the folder.
        self.call("Browser.close")
        try:
            self.process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.writer)
        os.close(self.reader)
        self.folder.cleanup()

    def read(self, deadline):
        """The next message of the browser."""
        while b"\0" not in self.buffer:
            if not select.select([self.reader], [], [], max(0, deadline - time.monotonic()))[0]:
                raise TimeoutError("the browser says nothing")
            block = os.read(self.reader, 1 << 20)
            if not block:
                raise EOFError("the browser is gone")
            self.buffer += block
        message, _, self.buffer = self.buffer.partition(b"\0")
        return json.loads(message)

    def call(self, method, **params):
        self.next_id += 1
        message = {"id": self.next_id, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.writer, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + PATIENCE
        while True:
            answer = self.read(deadline)
            if answer.get("id") == self.next_id:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def resize(self, width, height):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def prefer(self, scheme):
        """"light" or "dark", as the system would say."""
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def navigate(self, url):
        self.events.clear()
        self.call("Page.navigate", url=url)
        deadline = time.monotonic() + PATIENCE
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self.read(deadline))

    def open(self, path, fragment=""):
        """Loads a file; by way of an empty page, as the same one with another fragment is not loaded."""
        self.navigate("about:blank")
        self.navigate(pathlib.Path(path).resolve().as_uri() + fragment)
        self.settle()

    def settle(self):
        """Waits until what was asked for is on the screen."""
        self.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))")

    def wait(self, condition):
        """Until an expression is true."""
        deadline = time.monotonic() + PATIENCE
        while not self.evaluate(condition):
            if time.monotonic() > deadline:
                raise TimeoutError("\n".join([condition, *self.complaints()]))
            time.sleep(0.005)
        self.settle()

    def go(self, fragment):
        """Another view of the same page."""
        self.evaluate(f"location.hash = {json.dumps(fragment)}")
        self.settle()

    def evaluate(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def count(self, selector):
        return self.evaluate(f"document.querySelectorAll({json.dumps(selector)}).length")

    def text(self, selector):
        """What a reader sees of the first element; None when there is none."""
        return self.evaluate(f"(document.querySelector({json.dumps(selector)}) || {{}}).textContent")

    def click(self, selector):
        self.evaluate(f"document.querySelector({json.dumps(selector)}).dispatchEvent("
                      "new MouseEvent('click', {bubbles: true, cancelable: true}))")
        self.settle()

    def press(self, key, code=None):
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=code or key,
                      text=key if len(key) == 1 and kind == "keyDown" else "")
        self.settle()

    def drag(self, selector, begin, end):
        """With the mouse, between two shares of an element's width."""
        box = self.evaluate(f"(() => {{ const box = document.querySelector({json.dumps(selector)}); box.scrollIntoView("
                            "{ block: 'center' }); const r = box.getBoundingClientRect();"
                            "return [r.left, r.top, r.width, r.height]; })()")
        y = box[1] + box[3] / 2
        places = [box[0] + box[2] * share for share in (begin, (begin + end) / 2, end)]
        self.call("Input.dispatchMouseEvent", type="mousePressed", x=places[0], y=y, button="left", clickCount=1)
        for x in places[1:]:
            self.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y, button="left", buttons=1)
        self.call("Input.dispatchMouseEvent", type="mouseReleased", x=places[-1], y=y, button="left", clickCount=1)
        self.settle()

    def picture(self, path, whole=False):
        """A PNG of what is shown, or of the whole page."""
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"]
        pathlib.Path(path).write_bytes(base64.b64decode(data))

    def complaints(self):
        """What the browser had to say about the page so far: exceptions, console, policy."""
        said = []
        for event in self.events:
            method, params = event.get("method"), event.get("params", {})
            if method == "Runtime.exceptionThrown":
                details = params["exceptionDetails"]
                said.append(details.get("exception", {}).get("description") or details["text"])
            elif method == "Runtime.consoleAPICalled":
                said.append(f"console.{params['type']}: " + " ".join(str(a.get("value")) for a in params["args"]))
            elif method == "Log.entryAdded":
                said.append(params["entry"]["text"])
        return said

    def requests(self):
        """Everything that was fetched, the page itself included."""
        return [event["params"]["request"]["url"] for event in self.events
                if event.get("method") == "Network.requestWillBeSent"]
