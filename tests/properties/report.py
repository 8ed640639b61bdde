"""What the program says of changed captures, beside what it says of the unchanged ones.

A test takes each sample, changes its frames in a way that changes nothing about the registrations in it, and
compares the two reports: of the changed one frame numbers, times and names are translated back first.
"""

import dataclasses
import datetime
import functools
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import capture
from packet import LINK_HEADERS

SECONDS = 60  # that one run may take, also under a sanitizer
SHOWN = 40    # lines of differences that are printed
TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{9})Z")
CLOCK = re.compile(r"\b(\d\d):(\d\d):(\d\d)\.(\d{3})\b")  # of the day, in a sentence
PLAIN = {"COLUMNS": "100", "TERM": "dumb", "NO_COLOR": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8"}

# What tells how a capture is stored, and nothing of what is in it.
STORAGE = ("captures.path", "captures.format", "captures.compression", "captures.link_types", "captures.bytes",
           "captures.packets", "captures.interfaces", "captures.comments")


@dataclasses.dataclass(frozen=True)
class Sample:
    name: str
    frames: list
    secrets: bytes  # the credentials file beside it, or None

    @property
    def file(self):
        return f"{self.name}.pcap"

    @functools.cached_property
    def cut(self):
        return any(len(frame.data) < frame.wire for frame in self.frames)


def nanoseconds(match):
    whole = datetime.datetime.fromisoformat(match[1]).replace(tzinfo=datetime.timezone.utc)
    return int(whole.timestamp()) * capture.SECOND + int(match[2])


def of_the_day(match):
    hours, minutes, seconds, milliseconds = map(int, match.groups())
    return (((hours * 60 + minutes) * 60 + seconds) * 1000 + milliseconds) * 10**6


class Translation:
    """From the changed capture back to the original: frame numbers, times, names. What neither report can tell alike
    is taken from both."""

    def __init__(self, frame=None, later=0, text=None, both=None):
        self.frame = frame or (lambda _capture, number: number)
        self.later = later  # nanoseconds by which the changed one is later
        self.both = both or (lambda text: text)
        self.text = text or (lambda text: text)

    def string(self, text):
        day = 86400 * capture.SECOND
        text = TIME.sub(lambda match: f"@{nanoseconds(match) - self.later}", text)
        text = CLOCK.sub(lambda match: f"@{(of_the_day(match) - self.later) % day}", text)
        return self.both(self.text(text))

    def thing(self, value, name):
        if isinstance(value, str):
            return self.string(value)
        if isinstance(value, list):
            return [self.thing(item, name) for item in value]
        if not isinstance(value, dict):
            return value
        name = value.get("capture", name)
        out = {key: self.thing(item, name) for key, item in value.items() if key not in ("capture", "frame", "frames")}
        if "frame" in value:
            out["frame"] = self.frame(name, value["frame"])
        if "frames" in value:
            out["frames"] = [self.frame(name, number) for number in value["frames"]]
        return out

    def report(self, report):
        return self.thing(report, report["captures"][0]["name"])


def without(value, paths):
    """The report without some members; lists are passed through: 'captures.bytes' is of each capture."""
    if isinstance(value, list):
        return [without(item, paths) for item in value]
    if not isinstance(value, dict):
        return value
    deeper = {key: [path[1:] for path in paths if path[0] == key and len(path) > 1] for key in value}
    return {key: without(item, deeper[key]) for key, item in value.items() if [key] not in paths}


def differences(left, right, where=""):
    if isinstance(left, dict) and isinstance(right, dict):
        for key in sorted(left.keys() | right.keys()):
            yield from differences(left.get(key), right.get(key), f"{where}.{key}" if where else key)
    elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        for index, pair in enumerate(zip(left, right)):
            yield from differences(*pair, f"{where}[{index}]")
    elif left != right or isinstance(left, bool) != isinstance(right, bool):
        yield f"{where}: {shortened(left)} became {shortened(right)}"


def shortened(value):
    if isinstance(value, list) and value and isinstance(value[0], dict):
        value = [item.get("id") or item.get("event") or item.get("time") or "..." for item in value]
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else f"{text[:200]}..."


def spread(samples, ways, apart):
    """(sample, name, way): every way on every so manyth sample, and on others than the way before. All of them with
    all would take minutes and show little more."""
    for index, (name, way) in enumerate(ways):
        for sample in samples[index % apart :: apart]:
            yield sample, name, way


class Property:
    """One test: what it compared, and where two reports differ."""

    def __init__(self):
        if len(sys.argv) != 3:
            sys.exit(f"usage: {sys.argv[0]} PROGRAM SAMPLES")
        self.program = pathlib.Path(sys.argv[1]).resolve()
        samples = [self.sample(path) for path in sorted(pathlib.Path(sys.argv[2]).glob("*.pcap"))]
        self.samples = [sample for sample in samples if all(frame.link in LINK_HEADERS for frame in sample.frames)]
        self.wholes = {}
        self.compared = 0
        self.broken = []

    @staticmethod
    def sample(path):
        secrets = path.with_suffix(".credentials")
        return Sample(path.stem, capture.read(path), secrets.read_bytes() if secrets.exists() else None)

    def run(self, files, *options, secrets=None, **environment):
        """Standard output of one analysis of these files: name to bytes."""
        with tempfile.TemporaryDirectory() as folder:
            for name, data in files.items():
                (pathlib.Path(folder) / name).write_bytes(data)
            if secrets is not None:
                path = pathlib.Path(folder) / "credentials"
                path.touch(mode=0o600)
                path.write_bytes(secrets)
                options = ("--credentials=credentials", *options)
            done = subprocess.run([self.program, *options, *files], cwd=folder, stdin=subprocess.DEVNULL,
                                  env={**os.environ, **PLAIN, **environment}, capture_output=True, timeout=SECONDS,
                                  check=False)
        if done.returncode not in (0, 1) or done.stderr:
            sys.exit(f"{' '.join(files)}: ended with {done.returncode}\n{done.stderr.decode(errors='replace')}")
        return done.stdout

    def report(self, files, *options, secrets=None):
        return json.loads(self.run(files, "-o", "json", *options, secrets=secrets))

    def whole(self, sample, options=()):
        """The report of the sample as it is."""
        key = (sample.name, sample.secrets, *options)
        if key not in self.wholes:
            self.wholes[key] = self.report({sample.file: capture.pcap(sample.frames)}, *options,
                                           secrets=sample.secrets)
        return self.wholes[key]

    def same(self, sample, what, files, translation=None, ignored=(), shape=lambda report: report, options=()):
        """Compares the reports of the sample and of the changed files, both brought into one shape first, but for
        the members that are ignored."""
        paths = [path.split(".") for path in ignored]
        translation = translation or Translation()
        left = Translation(both=translation.both).report(shape(self.whole(sample, options)))
        right = translation.report(shape(self.report(files, *options, secrets=sample.secrets)))
        self.note(f"{sample.name}, {what}", differences(without(left, paths), without(right, paths)))

    def note(self, what, lines):
        self.compared += 1
        self.broken += [f"{what}: {line}" for line in lines]

    def end(self, at_least):
        """Says what came of it; a test that compared next to nothing has failed."""
        for line in self.broken[:SHOWN]:
            print(line)
        print(f"{self.compared} reports compared, {len(self.broken)} differences")
        if self.compared < at_least:
            print(f"expected to compare {at_least} at the least: where are the samples?")
        sys.exit(bool(self.broken) or self.compared < at_least)
