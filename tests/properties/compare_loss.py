#!/usr/bin/env python3
"""Packets are missing from one of two captures: what both together prove must be so all the same.

usage: compare_loss.py PROGRAM SAMPLES

Of one side some frames go, always the same ones. What is proven then must be proven by the whole captures, or by some
beginning of them; where nothing is rewritten nobody may be accused of it, in any grade; and what is rewritten must be
what the whole captures show.
"""

import itertools
import pathlib
import random
import re
import sys

import grades
import loss
import places

SHARES = (0.01, 0.05, 0.3)
SEEDS = 8
REWRITERS = {"sip_alg", "sip_alg_corruption", "message_rewritten"}


def proven(whole):
    return {(finding["id"], finding["aor"]) for finding in whole["findings"] if finding["grade"] == "proven"}


BRANCH = re.compile(r"branch=[^;]+")


def value(text):
    """The first of several may be another one's, with another branch."""
    return text and BRANCH.sub("branch", text)


def changes(whole):
    """What differs between the places, by header, part and direction."""
    return {(change["header"], change["part"], change["param"], change["direction"], value(change["inside"]),
             value(change["outside"]))
            for finding in whole["findings"] for change in finding.get("diff", ())}


def rewriters(whole):
    return {finding["id"] for finding in whole["findings"]} & REWRITERS


class Places:
    def __init__(self):
        self.test = places.Comparison()
        self.narrower = grades.umbrellas(pathlib.Path(sys.argv[2]).parent / "src" / "rules")
        self.moments = {}

    def at_any_moment(self, pair):
        """What was proven at the end of some beginning of both captures."""
        if pair.name not in self.moments:
            found = set()
            for end in sorted({frame.time for frame in pair.inside + pair.outside}):
                inside = [frame for frame in pair.inside if frame.time <= end]
                outside = [frame for frame in pair.outside if frame.time <= end]
                if inside and outside:
                    found |= proven(self.test.compare(inside, outside))
            self.moments[pair.name] = found
        return self.moments[pair.name]

    def unfounded(self, pair, whole, part):
        for name, aor in proven(part) - proven(whole):
            explained = any((other, aor) in proven(whole) for other in self.narrower.get(name, ()))
            if not explained and (name, aor) not in self.at_any_moment(pair):
                yield f"{name} on {aor} is proven, and the whole never shows that"
        for name in rewriters(part) - rewriters(whole):
            yield f"{name} is found, and nothing of the kind lies between"
        for change in changes(part) - changes(whole):
            yield f"{change} is told, and was not changed"

    def check(self, pair, share, seed):
        whole = self.test.compare(pair.inside, pair.outside)
        for side in ("inside", "outside"):
            luck = random.Random(f"{pair.name} {side} {share} {seed}")
            fewer = loss.without_some(getattr(pair, side), share, luck)
            part = self.test.compare(*((fewer, pair.outside) if side == "inside" else (pair.inside, fewer)))
            self.test.note(f"{pair.name}, {side} without {share:.0%}, seed {seed}",
                           list(self.unfounded(pair, whole, part)))


def main():
    between = Places()
    for pair, share, seed in itertools.product(places.pairs(), SHARES, range(SEEDS)):
        between.check(pair, share, seed)
    between.test.end(at_least=190)


if __name__ == "__main__":
    main()
