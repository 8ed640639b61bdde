#!/usr/bin/env python3
"""Fails when words of a message do something in a report: to a terminal, a page, a spreadsheet, a program.

usage: injection.py PROGRAM

Each part of a message that is shown anywhere holds, in one phone's login after the other, whatever means something
to one of the formats. What a format is made of must be the same as for phones that say harmless things.
"""

import collections
import csv
import html.parser
import io
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unicodedata

import talk  # noqa: I001
import capture

# What stands alone in a message would end a line or a quote of it; the rest comes whole.
STRANGE = [
    b"\x1b[2J\x1b[31m", b"\x1b]0;title\x07", b"\x1b]52;c;cm0gLXJm\x07", b"\x9b31m\x90q\x9c", b"a\x08\x08b",
    b"over\rwritten",
    b"\xe2\x80\xaetxt.exe", b"\xe2\x81\xa6\xe2\x80\x8b", b"\xc2\x9b31m", b"e" + b"\xcc\x81" * 100,
    b"\xef\xbf\xbe\xf0\x9f\x98\x80",
    b"\x7f\x01\x00nul", b"\xff\xfe\xc0\x80\xed\xa0\x80", b"\xe2\x80\xa8\xe2\x80\xa9\xc2\x85", b"\\u0000\\ud800\\",
    b"%n%s%99999d",
    b"<script>alert(1)</script>", b"'><img src=x onerror=alert(1)>", b"</title></script><!--", b"]]><svg/onload=x>",
    b"&#x3c;script&#x3e;", b"javascript:alert(1)", b"{{7*7}}${7*7}`id`", b"=1+1", b"+1", b"-1", b"@SUM(A1)",
    b"\t=cmd|x",
    b"../../etc/passwd", b"<34>1 - - - fake", b"{} 1\\nx{", b"| [x](javascript:x) |", b"x" * 2000,
]
PARTS = ["display", "user", "call_id", "agent", "realm", "nonce", "reason", "contact", "warning"]
FORMATS = {
    "text": ["-v", "--ladder"], "json": ["-o", "json"], "jsonl": ["-o", "jsonl"], "html": ["-o", "html"],
    "csv": ["-o", "csv"], "redacted": ["-v", "--redact"],
}
NAMES = ["\x1b[2J.pcap", "new\nline.pcap", "%n%s.pcap", "<script>.pcap", "=1+1.pcap", '"quote,d".pcap']


def run(program, *words, folder=None):
    done = subprocess.run([program, *words], stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False,
                          cwd=folder, env={**os.environ, "COLUMNS": "100", "LC_ALL": "C.UTF-8", "TZ": "UTC",
                                           "PASSWORDS": f"alice:*:{talk.PASSWORD.decode()}"})
    if done.returncode not in (0, 1):
        sys.exit(f"{words}: {done.returncode}\n{done.stderr.decode(errors='replace')}")
    return done.stdout


def commands(text):
    """Whatever does more in a terminal than to stand there."""
    return sorted({f"U+{ord(c):04X}" for c in text if c != "\n" and (
        unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") or ord(c) & 0xFFFE == 0xFFFE)})


def once(pairs):
    """A member that stands twice is one that somebody put there."""
    keys = [key for key, _ in pairs]
    if len(set(keys)) != len(keys):
        raise ValueError(f"a member twice: {keys}")
    return dict(pairs)


def parsed(text):
    read = json.loads(text, object_pairs_hook=once)
    json.dumps(read, ensure_ascii=False).encode()  # no half of a pair
    return read


class Tags(html.parser.HTMLParser):
    """Elements and attributes of a page, and its texts."""

    def __init__(self, page):
        super().__init__()
        self.counts, self.texts = collections.Counter(), []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.counts[tag, *sorted(name for name, _ in attrs)] += 1

    def handle_comment(self, data):
        self.counts["a comment"] += 1

    def handle_data(self, data):
        self.texts.append(data)


def shown_in_text(text, _):
    assert not commands(text), f"in a terminal: {commands(text)}"


def shown_in_json(text, usual):
    assert not commands(text), f"in the document: {commands(text)}"
    read, expected = parsed(text), parsed(usual)
    assert set(read) == set(expected), f"members {set(read) ^ set(expected)}"
    assert len(read["devices"]) == len(expected["devices"]), "devices"


def shown_in_jsonl(text, usual):
    kinds, expected = ([parsed(line)["type"] for line in filter(None, part.split("\n"))] for part in (text, usual))
    assert set(kinds) == set(expected), f"{set(kinds)} for {set(expected)}"
    assert kinds.count("device") == expected.count("device"), "devices"
    assert not commands(text), f"in a line: {commands(text)}"


def shown_in_html(text, usual):
    tags, expected = Tags(text), Tags(usual)
    assert tags.counts == expected.counts, f"elements: {tags.counts - expected.counts}"
    bad = set(commands(text)) - set(commands(usual))
    assert not bad, f"in the page: {bad}"
    for one in filter(lambda one: one.startswith("{"), (part.strip() for part in tags.texts)):
        parsed(one)


def shown_in_csv(text, usual):
    rows, expected = (list(csv.reader(io.StringIO(part), strict=True)) for part in (text, usual))
    assert len(rows) == len(expected), f"{len(rows)} rows for {len(expected)}"
    assert {len(row) for row in rows} == {len(expected[0])}, "columns"
    formulas = [cell for row in rows for cell in row if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]
    assert not formulas, f"formulas: {formulas}"
    assert not commands(text.replace("\r\n", "\n")), f"in a cell: {commands(text)}"


SHOWN = {"text": shown_in_text, "redacted": shown_in_text, "json": shown_in_json, "jsonl": shown_in_jsonl,
         "html": shown_in_html, "csv": shown_in_csv}


def words_in(part, strange, number):
    """The part of a message: what is said between quotes or before an @ cannot hold those."""
    unique = b"%d" % number
    if part == "display":
        return {part: b'"' + strange.replace(b"\\", b"\\\\") + b'" ', "user": b"u" + unique}
    if part == "user":
        return {part: strange + unique}
    return {part: strange, "user": b"u" + unique}


def strangers(parts):
    """Captures of many logins, each with one strange part; and of as many harmless ones."""
    bad, good, number = [], [], 1
    for part in parts:
        for strange in STRANGE:
            bad += talk.refused(number, **words_in(part, strange, number))
            good += talk.refused(number, **words_in(part, b"harmless", number))
            number += 1
    return bad, good


def check_formats(program, folder):
    """All in one capture, and part by part: a page of many devices is compressed, one of few is not."""
    for parts in (PARTS, *([part] for part in PARTS)):
        for name, frames in zip(("bad", "good"), strangers(parts)):
            (folder / f"{name}.pcap").write_bytes(capture.pcap(frames))
        for name, options in FORMATS.items() if parts == PARTS else [("html", FORMATS["html"])]:
            text, usual = (run(program, *options, f"{which}.pcap", folder=folder).decode() for which in ("bad", "good"))
            SHOWN[name](text, usual.replace("good.pcap", "bad.pcap"))
        check_comments(program, folder)


def check_comments(program, folder):
    """What stands beside the frames of a capture that is written."""
    run(program, "-q", "-w", "kept.pcapng", "bad.pcap", folder=folder)
    comments = re.findall(rb"bad\.pcap, frame [^\0]*", (folder / "kept.pcapng").read_bytes())
    assert comments, "no comments"
    for comment in comments:
        text = comment.decode(errors="replace").split("\ufffd")[0]
        assert not commands(text), f"in a comment: {commands(text)}"


def check_differences(program, folder):
    """What one place shows and another one does not: each is told beside the other."""
    for part in ("contact", "agent", "realm", "reason"):
        shown = {}
        for name, words in (("bad", STRANGE), ("good", [b"harmless"] * len(STRANGE))):
            inside = [frame for n in range(1, len(STRANGE)) for frame in talk.refused(n, user=b"u%d" % n)]
            outside = [frame for n, word in enumerate(words[1:], 1)
                       for frame in talk.refused(n, user=b"u%d" % n, **{part: word})]
            (folder / "inside.pcap").write_bytes(capture.pcap(inside))
            (folder / "outside.pcap").write_bytes(capture.pcap(outside))
            files = ("inside.pcap", "outside.pcap")
            shown[name] = {form: run(program, "compare", *options, *files, folder=folder).decode()
                           for form, options in FORMATS.items()}
        for form in FORMATS:
            SHOWN[form](shown["bad"][form], shown["good"][form])


def check_names(program, folder):
    """The name of a file comes from somebody as well."""
    data = capture.pcap(talk.refused(1))
    (folder / "plain.pcap").write_bytes(data)
    usual = {form: run(program, *FORMATS[form], "plain.pcap", folder=folder).decode() for form in FORMATS}
    for name in [*map(os.fsencode, NAMES), b"\xff\xfe.pcap"]:
        (pathlib.Path(os.fsdecode(os.fsencode(folder) + b"/" + name))).write_bytes(data)
        for form, options in FORMATS.items():
            SHOWN[form](run(program, *options, name, folder=folder).decode(), usual[form])


def check_password(program, folder):
    """The password stands nowhere, nor what it was hashed to, nor how it was changed."""
    secret = talk.PASSWORD
    hashes = {talk.md5(b"alice", b"example.com", secret)}
    forms = {secret, secret.upper(), secret[::-1], secret.hex().encode(), *hashes}
    (folder / "login.pcap").write_bytes(capture.pcap(talk.refused(1) + talk.refused(2, b"other")
                                                     + talk.refused(3, secret.upper())))
    for command in (*FORMATS.values(), ["digest"], ["-w", "secret.pcapng"]):
        said = run(program, *command, "--credentials=env:PASSWORDS", "login.pcap", folder=folder)
        said += (folder / "secret.pcapng").read_bytes() if command[0] == "-w" else b""
        assert not [form for form in forms if form in said], f"{command} tells the password"


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as name:
        for check in (check_formats, check_differences, check_names, check_password):
            check(program, pathlib.Path(name))
    print(f"{len(PARTS)} parts of a message, {len(STRANGE)} strange words, {len(FORMATS)} formats")


if __name__ == "__main__":
    main()
