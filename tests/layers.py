#!/usr/bin/env python3
"""Fails when a file includes a header of a layer above its own, or a private one of another folder."""

import pathlib
import re
import sys

LAYERS = ["base", "capture", "net", "sip", "reg", "rules", "report", "store", "host", "app"]
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)


def complaint(root, path, name):
    """Why 'path' may not include "name"; None when it may."""
    top, folder = path.relative_to(root).parts[:2]
    other, slash, rest = name.partition("/")
    if ".." in name.split("/"):
        return "leaves its folder"
    if not slash:
        return None if (path.parent / name).exists() else "is not in this folder"
    if top == "tests":
        if other == "support" and (root / "tests" / name).exists():
            return None
        if other == (folder if folder != "fuzz" else "app") and (root / "src" / name).exists():
            return None
    elif other not in LAYERS:
        return "is of no layer"
    elif LAYERS.index(other) > LAYERS.index(folder):
        return f"is of a layer above {folder}"
    return None if (root / "include" / name).exists() else "is private to another folder"


def main():
    root = pathlib.Path(sys.argv[1])
    files = [path for top in ("include", "src", "tests") for path in sorted((root / top).rglob("*.[ch]"))]
    bad = []
    for path in files:
        for name in INCLUDE.findall(path.read_text()):
            why = complaint(root, path, name)
            if why is not None:
                bad.append(f'{path.relative_to(root)}: "{name}" {why}')
    print("\n".join(bad or [f"{len(files)} files keep to the layers"]))
    return bool(bad) or not files


if __name__ == "__main__":
    sys.exit(main())
