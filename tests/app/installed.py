#!/usr/bin/env python3
"""Fails when an installation lacks something, or when what is installed does not fit together.

usage: installed.py PROGRAM ROOT BUILD VERSION

Installs into an empty folder, as a packager does, and looks at the unit, at the
example of a configuration and at the course from there.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

# Of each kind one, or all that matter: paths below the prefix.
FILES = [
    "bin/whyreg",
    "share/man/man1/whyreg.1",
    "share/bash-completion/completions/whyreg",
    "share/zsh/site-functions/_whyreg",
    "share/whyreg/samples/course.lessons",
    "share/doc/whyreg/README.md",
    "share/doc/whyreg/docs/rules.md",
    "share/doc/whyreg/docs/json.md",
    "share/doc/whyreg/docs/install.md",
    "share/doc/whyreg/docs/report.schema.json",
    "share/doc/whyreg/examples/whyreg.conf",
    "share/doc/whyreg/examples/whyreg.logrotate",
    "lib/systemd/system/whyreg@.service",
    "lib/sysusers.d/whyreg.conf",
]

# How much a unit may be exposed, times ten, in the words of systemd-analyze.
EXPOSURE = 20

# What a configuration file cannot say.
NOT_KEYS = {"config", "help", "usage", "version"}


class Checks:
    def __init__(self, prefix):
        self.prefix, self.done, self.bad = prefix, 0, []

    def expect(self, what, good):
        self.done += 1
        if not good:
            self.bad.append(what)


def run(*words, **options):
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=120, check=False,
                          stdin=subprocess.DEVNULL, **options)


def check_files(checks, root):
    for name in FILES:
        checks.expect(f"{name} is not installed", (checks.prefix / name).is_file())
    lessons = (root / "samples/course.lessons").read_text(encoding="utf-8")
    for name in set(re.findall(r"^(?:Capture|Outside|Credentials): *(\S+)", lessons, re.MULTILINE)):
        checks.expect(f"the course lacks {name}", (checks.prefix / "share/whyreg/samples" / name).is_file())
    for folder in ("grafana", "prometheus"):
        for path in (root / "data" / folder).glob("*.*"):
            installed = list((checks.prefix / "share").rglob(path.name))
            checks.expect(f"data/{folder}/{path.name} is not installed", path.name == "meson.build" or installed)


def check_program(checks, version):
    program = checks.prefix / "bin/whyreg"
    done = run(program, "--version")
    checks.expect(f"it says {done.stdout!r}", done.stdout == f"whyreg {version}\n")
    course = {**os.environ, "WHYREG_SAMPLES": str(checks.prefix / "share/whyreg/samples")}
    done = run(program, "lesson", "1", env=course)
    checks.expect(f"the first lesson: {done.stderr}", done.returncode == 0)


def check_unit(checks):
    unit = checks.prefix / "lib/systemd/system/whyreg@.service"
    text = unit.read_text(encoding="utf-8")
    checks.expect("a name was not filled in", "@bindir@" not in text and "@docdir@" not in text)
    command = re.search(r"^ExecStart=(\S+) (\S+)", text, re.MULTILINE)
    checks.expect(f"it starts {command.group(0)}", command.group(1).endswith("bin/whyreg"))
    if shutil.which("systemd-analyze") is None:
        print("the unit was not judged: there is no systemd-analyze here")
        return
    with tempfile.TemporaryDirectory() as folder:
        instance = pathlib.Path(folder, "whyreg@eth0.service")
        shutil.copy(unit, instance)
        done = run("systemd-analyze", "security", "--offline=true", "--no-pager", f"--threshold={EXPOSURE}", instance)
    print(done.stdout.strip().splitlines()[-1] if done.stdout else done.stderr)
    checks.expect(f"the unit is exposed: {done.stdout}{done.stderr}", done.returncode == 0)


def long_options(help_text):
    return set(re.findall(r"^ +(?:-., )?--([a-z-]+)", help_text, re.MULTILINE)) - NOT_KEYS


def check_example(checks, program):
    """Every option has its key there; with all of them in force, only the interface is missing."""
    text = (checks.prefix / "share/doc/whyreg/examples/whyreg.conf").read_text(encoding="utf-8")
    keys = re.findall(r"^#([a-z-]+) = (.*)$", text, re.MULTILINE)
    names = {name for name, _ in keys}
    help_text = run(program, "watch", "--help").stdout
    real = long_options(help_text)
    checks.expect(f"whyreg.conf lacks {real - names}", not real - names)
    checks.expect(f"whyreg.conf has {names - real}", not names - real)
    checks.expect("a key stands there twice", len(names) == len(keys))

    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "all.conf")
        path.write_text(re.sub(r"^#([a-z-]+ = )", r"\1", text, flags=re.MULTILINE), encoding="utf-8")
        done = run(program, "watch", "--config", path, "-i", "whyreg-none")
        checks.expect(f"with all keys: {done.returncode} {done.stderr}",
                      done.returncode == 2 and "all.conf" not in done.stderr and "Try `" not in done.stderr)
        path.write_text("[watch]\ninterfaec = eth0\n", encoding="utf-8")
        done = run(program, "watch", "--config", path)
        checks.expect(f"misspelt: {done.returncode} {done.stderr}", done.returncode == 2
                      and done.stderr == f"whyreg: {path}: there is no key 'interfaec'; is it 'interface'?\n")


def check_lists(checks, program, root):
    """The keys whose values are taken apart are the options that may repeat."""
    source = (root / "src/app/config.c").read_text(encoding="utf-8")
    listed = set(re.findall(r'"([a-z-]+)"', re.search(r"keys\[\] = \{(.*?)\}", source, re.DOTALL).group(1)))
    entries = re.split(r"^ {2,6}(?=-)", run(program, "watch", "--help").stdout, flags=re.MULTILINE)
    real = {re.search(r"--([a-z-]+)", entry).group(1) for entry in entries
            if re.search(r"may\s+repeat", entry) and re.search(r"--([a-z-]+)", entry)}
    checks.expect(f"repeat: {real}, taken apart: {listed}", real == listed)


def main():
    program, root, build = (pathlib.Path(word).resolve() for word in sys.argv[1:4])
    with tempfile.TemporaryDirectory(prefix="whyreg-installed-") as folder:
        done = run("meson", "install", "-C", build, "--no-rebuild", "--quiet", env={**os.environ, "DESTDIR": folder})
        if done.returncode != 0:
            sys.exit(done.stdout + done.stderr)
        prefix = next(path.parent.parent for path in pathlib.Path(folder).rglob("bin/whyreg"))
        checks = Checks(prefix)
        check_files(checks, root)
        check_program(checks, sys.argv[4])
        check_unit(checks)
        check_example(checks, program)
        check_lists(checks, program, root)
    print("\n".join(checks.bad or [f"{checks.done} things of the installation are right"]))
    return bool(checks.bad)


if __name__ == "__main__":
    sys.exit(main())
