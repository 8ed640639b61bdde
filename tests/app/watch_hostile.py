#!/usr/bin/env python3
"""Fails when words of a message do something to whoever is told while the program watches, or a password is told.

usage: watch_hostile.py PROGRAM

The logins of injection.py, over a pair of interfaces, with every output that a test can read: lines and objects as
they happen, the reports at the end, the history and what is read from it, the pages, the environment of a command.
"""

import json
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile
import time

import talk  # noqa: I001
import capture
import injection
import watch

LOGINS = 100
STRANGE = [word for word in injection.STRANGE if len(word) < 500]  # that fit a frame of this interface
LABEL = r'[a-z_]+="([^"\\]|\\["\\n])*"'
ONE_LINE = re.compile(rf"(#.*|[a-zA-Z_:][\w:]*(\{{{LABEL}(,{LABEL})*\}})? -?[0-9.]+)")


def logins(strange):
    """A password that everybody has, and a strange word in each part of the message, one part for each phone."""
    frames = talk.refused(999)
    for number in range(1, LOGINS):
        part = injection.PARTS[number % len(injection.PARTS)]
        word = STRANGE[number % len(STRANGE)] if strange else b"harmless"
        frames += talk.refused(number, **injection.words_in(part, word, number))
    return frames


PAGES = """
import urllib.request
for page in "metrics", "devices", "healthz":
    open(page, "wb").write(urllib.request.urlopen(f"http://127.0.0.1:9187/{page}", timeout=20).read())
"""
QUESTIONS = {
    "history-text": ["history"], "history-csv": ["history", "-o", "csv"], "history-json": ["history", "-o", "json"],
    "days-text": ["history", "*"], "days-json": ["history", "-o", "json", "*"], "report-text": ["report"],
    "report-json": ["report", "-o", "json"], "state-text": ["state"], "state-json": ["state", "-o", "json"],
}


def asked(program, folder):
    """What the pages of --listen show, and what is read from the history while it is written."""
    subprocess.run(["ip", "netns", "exec", watch.NEAR, sys.executable, "-c", PAGES], cwd=folder, check=True, timeout=60)
    for name, words in QUESTIONS.items():
        done = subprocess.run([program, *words, "--history", "history.db"], cwd=folder, stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=60, check=False)
        assert done.returncode in (0, 1, 2) and done.stdout, f"{words}: {done.returncode} {done.stderr.decode()}"
        (folder / name).write_bytes(done.stdout)


def watched(program, folder, frames):
    """Everything that was told: name of the file, and its bytes."""
    (folder / "sent.pcap").write_bytes(capture.pcap(frames))
    (folder / "accounts").write_bytes(b"alice:*:" + talk.PASSWORD + b"\n")
    (folder / "accounts").chmod(0o600)
    outputs = [word for form in ("text", "jsonl", "json", "html", "csv") for word in ("-o", f"{form}:{form}")]
    run = watch.Watch(program, folder, *outputs, "--history", "history.db", "--metrics-file", "metrics-file",
                      "--listen", "9187", "--on-change-rate", "600", "--on-change", f"env -0 >> {folder}/environment",
                      "--credentials", "accounts").listening()
    watch.send(folder / "sent.pcap", 1e6)
    time.sleep(1.5)
    asked(program, folder)
    run.end()
    text = {path.name: path.read_bytes() for path in folder.iterdir()
            if path.name not in ("sent.pcap", "accounts")}
    with sqlite3.connect(folder / "history.db") as database:
        text["history"] = "\n".join(line for line in database.iterdump() if line.startswith("INSERT")).encode()
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    return text


def check_lines(text):
    told = text["text"].decode()
    assert not injection.commands(told), f"in a line: {injection.commands(told)}"
    for line in filter(None, text["jsonl"].decode().split("\n")):
        assert not injection.commands(line), f"in an object: {injection.commands(line)}"
        injection.parsed(line)


def check_reports(text, usual):
    injection.parsed(text["json"].decode())
    assert not injection.commands(text["json"].decode())
    assert injection.Tags(text["html"].decode()).counts == injection.Tags(usual["html"].decode()).counts
    injection.shown_in_csv(text["csv"].decode(), usual["csv"].decode())


def check_metrics(text):
    for line in (text["metrics"] + text["metrics-file"]).decode().rstrip("\n").split("\n"):
        assert ONE_LINE.fullmatch(line), f"in the metrics: {line}"


def check_answers(text, usual):
    for name in (*QUESTIONS, "devices"):
        told = text[name].decode()
        assert not injection.commands(told.replace("\r\n", "\n")), f"{name}: {injection.commands(told)}"
        if name.endswith(("-json", "devices")):
            assert set(injection.parsed(told)) == set(injection.parsed(usual[name].decode())), name
    injection.shown_in_csv(text["history-csv"].decode(), usual["history-csv"].decode())


def check_environment(text):
    entries = text["environment"].decode().split("\0")
    ours = [entry for entry in entries if entry.startswith("WHYREG_")]
    assert len(ours) > LOGINS, "no command was run"
    for entry in ours:
        assert not injection.commands(entry) and "\n" not in entry, f"in the environment: {entry!r}"
        assert len(entry) < 2048, f"in the environment: {len(entry)} bytes"


def check_password(text):
    secret = talk.PASSWORD
    for form in (secret, secret.upper(), talk.md5(b"alice", b"example.com", secret)):
        told = [name for name, content in text.items() if form in content]
        assert not told, f"the password is in {told}"


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    try:
        watch.set_up()
        watch.socket_in(watch.FAR, watch.OUT).close()
    except (OSError, subprocess.CalledProcessError) as error:
        watch.tear_down()
        print(f"skipped: no network namespaces can be made here ({error})")
        return watch.SKIPPED
    try:
        with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
            text = watched(program, pathlib.Path(first), logins(True))
            usual = watched(program, pathlib.Path(second), logins(False))
        check_lines(text)
        check_reports(text, usual)
        check_metrics(text)
        check_answers(text, usual)
        check_environment(text)
        check_password(text)
    finally:
        watch.tear_down()
    print(f"{LOGINS} logins, {len(json.loads(text['json'])['devices'])} devices, {len(text)} outputs")
    return 0


if __name__ == "__main__":
    sys.exit(main())
