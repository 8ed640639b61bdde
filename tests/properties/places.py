"""Pairs of captures, taken at two places at the same time (tests/data/places)."""

import dataclasses
import json
import pathlib
import sys

import capture
import report

NANOSECONDS = b"\x4d\x3c\xb2\xa1"
INSIDE, OUTSIDE = "inside.pcap", "outside.pcap"


@dataclasses.dataclass(frozen=True)
class Pair:
    name: str
    inside: list
    outside: list


def pairs():
    folder = pathlib.Path(sys.argv[2]).parent / "tests" / "data" / "places"
    for path in sorted(folder.glob("*_inside.pcap")):
        name = path.stem.removesuffix("_inside")
        yield Pair(name, capture.read(path), capture.read(folder / f"{name}_outside.pcap"))


def stored(frames):
    return capture.pcap(frames, magic=NANOSECONDS)


class Comparison(report.Property):
    """whyreg compare INSIDE OUTSIDE, of frames."""

    def compare(self, inside, outside):
        files = {INSIDE: stored(inside), OUTSIDE: stored(outside)}
        return json.loads(self.run(files, "compare", "-o", "json"))
