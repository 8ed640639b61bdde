"""How sure may the program be of a capture that shows less than the whole, or shows it in disorder?

A finding may vanish, become weaker, or make room for another that is no more than a suspicion: a lost answer looks
like one that was never sent. But what such a capture is taken to prove must be what the whole one shows, at its end
or at some moment before it. An umbrella may speak where the narrower rule that silenced it has nothing left to stand
on.
"""

import pathlib
import re
import sys

import capture

GRADES = ["weak", "strong", "proven"]
NARROWER = re.compile(r"narrower\[\] = \{(.*?)\};", re.DOTALL)


def umbrellas(folder):
    """Rule to the narrower ones that silence it, as the sources have it."""
    found = {path.stem: NARROWER.search(path.read_text()) for path in folder.glob("*.c")}
    return {name: set(re.findall(r'"(\w+)"', match[1])) for name, match in found.items() if match}


def graded(whole):
    """(finding, account) to its grade; what is wrong with the capture itself is another matter."""
    return {(finding["id"], finding["aor"]): GRADES.index(finding["grade"])
            for finding in whole["findings"] if finding["severity"] == "failure"}


def borne_out(whole, names, aor):
    """The best grade of these findings on this account; of any account, when no message is left that names it."""
    grades = [grade for (name, other), grade in whole.items() if name in names and aor in (other, None)]
    return max(grades, default=None)


class Judge:
    """Compares the grades of changed samples with those of the samples."""

    def __init__(self, test):
        self.test = test
        self.narrower = umbrellas(pathlib.Path(sys.argv[2]).parent / "src" / "rules")
        self.moments = {}

    def report(self, sample, frames):
        return self.test.report({sample.file: capture.pcap(frames)}, secrets=sample.secrets)

    def best(self, sample):
        """The grades that the sample had at any moment."""
        if sample.name not in self.moments:
            grades = {}
            for end in range(1, len(sample.frames) + 1):
                for key, grade in graded(self.report(sample, sample.frames[:end])).items():
                    grades[key] = max(grade, grades.get(key, 0))
            self.moments[sample.name] = grades
        return self.moments[sample.name]

    def unfounded(self, part, whole):
        """What the part is too sure of: finding, account and grade."""
        for (name, aor), grade in part.items():
            known = borne_out(whole, {name}, aor)
            narrower = borne_out(whole, self.narrower.get(name, ()), aor)
            new = known is None and narrower is None and GRADES[grade] == "proven"
            if new or known is not None and grade > known:
                yield name, aor, grade

    def check(self, sample, what, frames):
        """Notes what the changed frames are taken to show and the sample never shows; gives their report."""
        got = self.report(sample, frames)
        troubles = list(self.unfounded(graded(got), graded(self.test.whole(sample))))
        if troubles:
            troubles = list(self.unfounded(graded(got), self.best(sample)))
        self.test.note(f"{sample.name}, {what}", [f"{name} on {aor} is {GRADES[grade]}, and the sample never shows that"
                                                  for name, aor, grade in troubles])
        return got
