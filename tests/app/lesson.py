#!/usr/bin/env python3
"""Fails when a lesson of the course teaches something else than the program says.

usage: lesson.py PROGRAM SAMPLES

Each lesson: its captures are there, the program finds what the lesson says it finds,
the display filter is one (with tshark), and the verdict comes after the question.
"""

import os
import pathlib
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile

ANSWER = "\nThe answer\n"


class Checks:
    def __init__(self, program, samples):
        self.program, self.samples = program, samples
        self.done, self.bad = 0, []

    def expect(self, what, good, told=""):
        self.done += 1
        if not good:
            self.bad.append(f"{what}{': ' if told else ''}{told}")

    def run(self, *arguments, **environment):
        plain = {"TERM": "dumb", "NO_COLOR": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8",
                 "WHYREG_SAMPLES": str(self.samples)}
        return subprocess.run([self.program, *arguments], env={**os.environ, **plain, **environment},
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)


def read_course(path):
    """The lessons, read by somebody else than the program."""
    lessons, value = [], None
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        if line.startswith(" "):
            lessons[-1][value] += " " + line.strip()
            continue
        value, text = line.split(":", 1)
        if value == "Lesson":
            lessons.append({})
        if value != "Part":
            lessons[-1][value] = text.strip()
    return lessons


def check_list(checks, lessons):
    listed = re.findall(r"^ +(\d+)  (.+)$", checks.run("lesson").stdout, re.MULTILINE)
    checks.expect("the list", listed == [(str(i + 1), lesson["Lesson"]) for i, lesson in enumerate(lessons)])
    checks.expect("there is a course", len(lessons) >= 20)


def check_findings(checks, what, lesson, answer):
    """All failures and warnings, and whatever note the lesson names."""
    wanted = set(lesson["Findings"].replace("none", "").replace(",", " ").split())
    told = " ".join(answer.split())
    found = set(re.findall(r"(?:FAILURE|WARNING): (?:(?!FAILURE|WARNING)[^[])*\[(\w+), (?:proven|strong|weak)\]", told))
    noted = set(re.findall(r"\[(\w+)(?:, [^]]*)?\]", told))
    checks.expect(f"{what} finds", found <= wanted <= found | noted, f"{found}, {noted} instead of {wanted}")
    return wanted


def check_lesson(checks, number, lesson):
    what = f"lesson {number} ({lesson['Lesson']})"
    done = checks.run("lesson", str(number))
    question, cut, answer = done.stdout.partition(ANSWER)
    checks.expect(f"{what} ends well", done.returncode == 0 and not done.stderr and cut, done.stderr)
    words = " ".join(done.stdout.split())
    for field in ("Lesson", "Question", "Look", "Filter", "Broken by", "Remember"):
        checks.expect(f"{what} says its '{field}'", lesson[field] in words)
    wanted = check_findings(checks, what, lesson, answer)
    nameless = re.sub(r"\S+\.pcap(:\d+)?|\b\w+\.\.\.:\d+", "", question)
    told = [word for word in (*wanted, "FAILURE", "WARNING", "??", lesson["Broken by"]) if word in nameless]
    checks.expect(f"{what} does not tell the answer too soon", not told, str(told))
    checks.expect(f"{what} does not wait for nobody", "Press Enter" not in done.stdout)
    for name in ("Capture", "Outside", "Credentials"):
        if name in lesson:
            checks.expect(f"{what} has its {lesson[name]}", (checks.samples / lesson[name]).is_file())


def check_filter(checks, number, lesson):
    capture = checks.samples / lesson["Capture"]
    done = subprocess.run(["tshark", "-n", "-r", capture, "-Y", lesson["Filter"]], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=60, check=False)
    checks.expect(f"lesson {number}: the display filter", done.returncode == 0, done.stderr)
    checks.expect(f"lesson {number}: the display filter finds something", done.stdout.strip() != "")


def check_refusals(checks, lessons):
    for what, words in (("no such lesson", [str(len(lessons) + 1)]), ("lesson 0", ["0"]), ("a word", ["first"]),
                        ("two", ["1", "2"])):
        done = checks.run("lesson", *words)
        checks.expect(what, (done.returncode, done.stdout, bool(done.stderr)) == (2, "", True), done.stderr)
    for where in ("/nonexistent", "/"):
        done = checks.run("lesson", "1", WHYREG_SAMPLES=where)
        checks.expect("no course", (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr)
    with tempfile.TemporaryDirectory() as folder:
        shutil.copyfile(checks.samples / "course.lessons", pathlib.Path(folder) / "course.lessons")
        done = checks.run("lesson", "1", WHYREG_SAMPLES=folder)
        checks.expect("no captures", done.returncode == 2 and lessons[0]["Capture"] in done.stderr, done.stderr)


def read_until(terminal, wanted):
    seen = ""
    while wanted not in seen and select.select([terminal], [], [], 30)[0]:
        try:
            more = os.read(terminal, 65536)
        except OSError:
            break
        if not more:
            break
        seen += more.decode(errors="replace").replace("\r\n", "\n")
    return seen


def check_terminal(checks):
    """Somebody at a terminal is asked to think first."""
    child, terminal = pty.fork()
    if child == 0:
        os.environ.update({"WHYREG_SAMPLES": str(checks.samples), "TERM": "dumb"})
        os.execv(checks.program, [str(checks.program), "lesson", "4"])
    before = read_until(terminal, "Press Enter for the answer. ")
    checks.expect("a terminal is waited for", before.endswith("Press Enter for the answer. "), before)
    checks.expect("and knows nothing yet", ANSWER not in before)
    os.write(terminal, b"\n")
    after = read_until(terminal, "\x00")
    checks.expect("then it is told", "The answer\n" in after and "dns_failed" in after, after)
    os.close(terminal)
    checks.expect("all is well", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0)


def main():
    checks = Checks(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve())
    lessons = read_course(checks.samples / "course.lessons")
    check_list(checks, lessons)
    for number, lesson in enumerate(lessons, 1):
        check_lesson(checks, number, lesson)
        if shutil.which("tshark"):
            check_filter(checks, number, lesson)
    check_refusals(checks, lessons)
    check_terminal(checks)
    print("\n".join([*checks.bad, f"{checks.done} checks, {len(checks.bad)} failed"]))
    return bool(checks.bad)


if __name__ == "__main__":
    sys.exit(main())
