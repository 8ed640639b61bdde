#!/usr/bin/env python3
"""Fails when the documents and the program say different things.

usage: docs.py [--update] ROOT PROGRAM

docs/rules.md        has for each finding what "explain" says of it
README.md, docs      show what their pasted commands print
README.md, man       name every option
these and the guide  name the capture filter that the program recommends
docs/ARCHITECTURE.md names every source file and every table, and none that is not there
docs/hardening.md    names only tests that are there
all of them          link to files that exist

--update writes the pasted parts anew: the findings, and what the commands print.
"""

import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

PLAIN = {"COLUMNS": "100", "TERM": "dumb", "NO_COLOR": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8"}

BEGIN = "<!-- docs.py writes from here -->\n"
END = "<!-- to here -->\n"
AREAS = {"chain": "Attempts to register", "capture": "The capture itself"}

PASTED = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
RUN = "./setup run "

LAYERS = "base|capture|net|sip|reg|rules|report|store|host|app"
TABLE_NAME = r"(?:net|sip|reg|rules)\.[a-z_]+"


class Documents:
    """What was found wrong, and the files with what they should say."""

    def __init__(self, root, program, update):
        self.root, self.program, self.update, self.bad = root, program, update, []

    def read(self, name):
        path = self.root / name
        if path.exists():
            return path.read_text(encoding="utf-8")
        self.bad.append(f"{name} is missing")
        return ""

    def must_be(self, name, old, new):
        """The file's text is to be 'new'; what differs is told, or written."""
        if old == new:
            return
        if self.update:
            (self.root / name).write_text(new, encoding="utf-8")
            return
        was, now = set(old.splitlines()), new.splitlines()
        lines = [line for line in now if line not in was] or ["(lines that are too many)"]
        self.bad.append("\n  ".join([f"{name} is out of date (meson compile update-docs); now it is:", *lines]))

    def run(self, *arguments):
        done = subprocess.run([self.program, *arguments], cwd=self.root, env={**os.environ, **PLAIN},
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
        if done.returncode not in (0, 1):
            sys.exit(f"{shlex.join(arguments)}: exit status {done.returncode}\n{done.stderr}")
        return done

    def differ(self, name, what, documented, real):
        """Two sets of words that have to be the same."""
        self.bad += [f"{name} lacks {what} {word}" for word in sorted(real - documented)]
        self.bad += [f"{name} names {what} {word}, which is not there" for word in sorted(documented - real)]


# --- docs/rules.md ------------------------------------------------------------


def catalogue(docs):
    """(id, severity, title) of every finding, as "explain" lists them."""
    return re.findall(r"^(\w+) +(failure|warning|note) +(.+)$", docs.run("explain").stdout, re.MULTILINE)


def explained(docs, name):
    """What "explain" tells of one finding: {"area": ..., "What it means": ...}."""
    head, *parts = docs.run("explain", name).stdout.strip().split("\n\n")
    told = re.fullmatch(r"(?P<id>\w+): (?P<title>.+)\n +severity (?P<severity>\w+), area (?P<area>\w+), "
                        r"believed from (?P<place>.+)", head).groupdict()
    for part in parts:
        label, *lines = part.split("\n")
        told[label] = " ".join(line.strip() for line in lines)
    return told


def row(told):
    cells = [f'<a id="{told["id"]}"></a>`{told["id"]}`', told["severity"],
             f'**{told["title"]}.** {told["What it means"]}', told["place"], told["Not to be confused with"]]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def findings(docs):
    """docs/rules.md between its markers."""
    told = [explained(docs, name) for name, _, _ in catalogue(docs)]
    text = []
    areas = [*AREAS, *sorted({one["area"] for one in told} - set(AREAS))]
    for area in areas:
        text += ["", f"## {AREAS.get(area, area.capitalize())}", "",
                 "| id | severity | what it says | believed from | not to be confused with |",
                 "|---|---|---|---|---|", *(row(one) for one in told if one["area"] == area)]
    return "\n".join(text) + "\n\n"


def check_rules(docs):
    old = docs.read("docs/rules.md")
    before, begin, rest = old.partition(BEGIN)
    _, end, after = rest.partition(END)
    if begin and end:
        docs.must_be("docs/rules.md", old, before + begin + findings(docs) + end + after)
    else:
        docs.bad.append(f"docs/rules.md lacks the lines {BEGIN}and {END}")


# --- What commands print ------------------------------------------------------


def printed(docs, name, command):
    """What a pasted command prints; None when a program that it needs is not here."""
    if not command.startswith(RUN):
        docs.bad.append(f"{name}: '{command}' does not begin with {RUN}")
        return None
    missing = [name for name in re.findall(r"\| *(\w+)", command) if shutil.which(name) is None]
    if missing:
        print(f"not tried, there is no {missing[0]} here: {command}")
        return None
    command = f"{shlex.quote(str(docs.program))} {command[len(RUN):]}"
    done = subprocess.run(["sh", "-c", command], cwd=docs.root, env={**os.environ, **PLAIN},
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode not in (0, 1):
        docs.bad.append(f"{name}: '{command}' ended with {done.returncode}\n{done.stderr}")
    return done.stdout.rstrip("\n") + "\n"


def check_pasted(docs):
    def again(name, block):
        parts = re.split(r"^\$ (.*)\n", block.group(0), flags=re.MULTILINE)
        for i in range(1, len(parts), 2):
            parts[i + 1] = printed(docs, name, parts[i]) or parts[i + 1]
            parts[i] = f"$ {parts[i]}\n"
        return "".join(parts)

    for path in [docs.root / "README.md", *sorted((docs.root / "docs").glob("*.md"))]:
        name = str(path.relative_to(docs.root))
        old = docs.read(name)
        docs.must_be(name, old, PASTED.sub(lambda block, name=name: again(name, block), old))
    if not PASTED.search(docs.read("README.md")):
        docs.bad.append("README.md shows no run of the program")


# --- Options, files, tables, links --------------------------------------------


def named_options(text):
    return set(re.findall(r"(?<![\w-])(--[a-z][a-z-]*|-[a-zA-Z?])(?![\w-])", text))


def part(text, begin, end):
    found = re.search(rf"^{begin}\n(.*?)^{end}", text, re.MULTILINE | re.DOTALL)
    return named_options(found.group(1) if found else "")


def check_options(docs):
    manual, readme = docs.read("man/whyreg.1").replace("\\-", "-"), docs.read("README.md")
    general = {"-?", "--help", "--usage", "-V", "--version"}
    for commands, section, chapter, left_out in (
            ([[]], "OPTIONS", "Options", set()), ([["digest"]], "DIGEST", "Digests", general),
            ([["watch"]], "WATCH", "Watching", general),
            ([["history"], ["report"], ["state"]], "HISTORY", "History", general)):
        told = "".join(docs.run(*words, "--help").stdout for words in commands)
        lines = re.findall(r"^ +(-., )?(--[a-z-]+)", told, re.MULTILINE)
        real = {word.rstrip(", ") for pair in lines for word in pair if word} - left_out
        docs.differ("man/whyreg.1", "the option", part(manual, rf"\.SH {section}", r"\.SH"), real)
        docs.differ("README.md", "the option", part(readme, f"## {chapter}", "## "), real)


def check_filter(docs):
    """The capture filter that the documents recommend is the one that the program does."""
    advice = docs.run("-f", "udp port 5060", "samples/challenge_unanswered.pcap").stderr
    real = re.search(r'better is "([^"]*)"', advice).group(1)
    for name in ("README.md", "man/whyreg.1", "docs/after-an-outage.md"):
        if real not in " ".join(docs.read(name).split()):
            docs.bad.append(f"{name} lacks the capture filter {real}")


def check_architecture(docs):
    text = docs.read("docs/ARCHITECTURE.md")
    rules = {f"rules/{name}" for name, _, _ in catalogue(docs)}
    sources = [path for top in ("src", "include") for path in (docs.root / top).rglob("*.[ch]*")]
    real = {path: f"{path.parent.name}/{path.name.split('.')[0]}" for path in sources}
    lists = "".join(path.read_text(encoding="utf-8") for path in (docs.root / "src").rglob("meson.build"))
    compiled = {name for path, name in real.items() if ".c" in path.suffixes and f"'{path.name}'" in lists}
    listed = re.search(r"^### One line for each file\n(.*?)^## ", text, re.MULTILINE | re.DOTALL)
    named = re.findall(rf"^\| `((?:{LAYERS})/\w+)` \|", listed.group(1) if listed else "", re.MULTILINE)
    # Of the headers that belong to no source file, a reader needs only some.
    headers = set(named) & set(real.values()) - compiled
    docs.differ("docs/ARCHITECTURE.md", "the file", set(named) - headers, compiled - rules)

    code = "".join(path.read_text(encoding="utf-8") for path in sources if path.suffix == ".c")
    named = set(re.findall(rf"`({TABLE_NAME})`", text))
    docs.differ("docs/ARCHITECTURE.md", "the table", named, set(re.findall(rf'"({TABLE_NAME})"', code)))


def test_file(docs, name):
    """The file of the test that Meson calls "folder/name", or None."""
    folder, word = name.split("/")
    places = (f"tests/{folder}/{file}" for file in (f"test_{word}.c", f"{word}.py", f"{word}.c"))
    return next((docs.root / place for place in places if (docs.root / place).exists()), None)


def check_hardening(docs):
    """Tests, and behind each of them functions of its file. Of a few Meson alone knows the name."""
    lists = "".join(path.read_text(encoding="utf-8") for path in (docs.root / "tests").rglob("meson.build"))
    for row in re.findall(r"^\| .*\|$", docs.read("docs/hardening.md"), re.MULTILINE):
        source = ""
        for word in re.findall(r"`([a-z]+/[a-z_0-9]+|[a-z]+(?:_[a-z0-9]+)+)`", row):
            if "/" in word:
                path = test_file(docs, word)
                source = path.read_text(encoding="utf-8") if path is not None else ""
                there = path is not None or f"'{word}'" in lists
            else:
                there = re.search(rf"(?:void|def) {word}\(", source)
            if not there:
                docs.bad.append(f"docs/hardening.md names {word}, which is no test")


def check_links(docs):
    for path in [docs.root / "README.md", *sorted((docs.root / "docs").glob("*.md"))]:
        text = path.read_text(encoding="utf-8")
        wanted = [path.parent / link for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)]
        wanted += [docs.root / word for word in re.findall(
            r"`((?:docs|src|include|tests|samples|man)/[\w./-]+)`", text)]
        docs.bad += [f"{path.relative_to(docs.root)} names {target.relative_to(docs.root)}, which is not there"
                     for target in wanted if not target.exists()]


def main():
    arguments = [word for word in sys.argv[1:] if word != "--update"]
    if len(arguments) != 2:
        sys.exit(__doc__)
    docs = Documents(*(pathlib.Path(word).resolve() for word in arguments), "--update" in sys.argv)
    PLAIN["WHYREG_SAMPLES"] = str(docs.root / "samples")
    for check in (check_rules, check_pasted, check_options, check_filter, check_architecture, check_hardening,
                  check_links):
        check(docs)
    print("\n".join(docs.bad or ["the documents say what the program does"]))
    return bool(docs.bad)


if __name__ == "__main__":
    sys.exit(main())
