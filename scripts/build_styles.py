"""Makes connectors/static/nhsuk.css again: NHS.UK frontend's styles, cut down to what our pages use.

    python scripts/build_styles.py

Needs npm, and the network once. To be run after a page begins to use another class of NHS.UK frontend, or to go on to
another release. Left out: every rule for classes that no template of ours names, everything that only scripts switch
on, the Frutiger font, which is licensed to the NHS alone (its guidance: others use Arial), and every address.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

PACKAGE = "nhsuk-frontend@10.6.1"
CONNECTORS = Path(__file__).parent.parent / "connectors"
TARGET = CONNECTORS / "static" / "nhsuk.css"
HEADING = f"/* {PACKAGE}, MIT licence (nhsuk.LICENSE), cut down by scripts/build_styles.py. */\n"
_CLASS = re.compile(r"\.(nhsuk-[\w-]+|[\w-]+)")
_NAMED = re.compile(r"nhsuk-[a-z0-9]+(?:(?:-|__|--)[a-z0-9]+)*")
_GROUPS = ("@media", "@supports")


def main() -> None:
    """Fetch, cut down, write."""
    kept = "".join(cut(fetch(), used_classes())).replace("Frutiger W01,", "")
    if "url(" in kept or "@font-face" in kept:
        sys.exit("something of the styles points elsewhere")
    TARGET.write_text(HEADING + kept + "\n", encoding="utf-8")


def fetch() -> str:
    """The release's whole style sheet."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", "--silent", PACKAGE], check=True, cwd=folder, stdout=subprocess.DEVNULL)
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as package:
            found = package.extractfile("package/dist/nhsuk/nhsuk-frontend.min.css")
            return found.read().decode() if found else ""


def used_classes() -> set[str]:
    """Every class of NHS.UK frontend that a template of ours names."""
    pages = [*CONNECTORS.rglob("templates/**/*.html")]
    return {name for page in pages for name in _NAMED.findall(page.read_text(encoding="utf-8"))}


def cut(styles: str, used: set[str]) -> Iterator[str]:
    """The rules that can apply, in their order."""
    for head, body in blocks(re.sub(r"/\*.*?\*/|@charset[^;]*;", "", styles, flags=re.DOTALL)):
        if head.startswith(_GROUPS):
            inside = "".join(cut(body, used))
            yield f"{head}{{{inside}}}" if inside else ""
        elif not head.startswith("@") and "url(" not in body:
            selectors = [each for each in split(head) if applies(each, used)]
            yield f"{','.join(selectors)}{{{body}}}" if selectors else ""


def blocks(styles: str) -> Iterator[tuple[str, str]]:
    """(what stands before the braces, what stands in them) of each outermost block."""
    depth, start, opened = 0, 0, 0
    for at, letter in enumerate(styles):
        if letter == "{":
            depth += 1
            opened = at if depth == 1 else opened
        elif letter == "}":
            depth -= 1
            if depth == 0:
                yield styles[start:opened].strip(), styles[opened + 1 : at]
                start = at + 1


def split(selectors: str) -> list[str]:
    """A list of selectors, each by itself; commas inside brackets do not part them."""
    return re.split(r",(?![^(]*\))", selectors)


def applies(selector: str, used: set[str]) -> bool:
    """Whether each class that an element must have is used. What it must not have does not count."""
    return all(name in used for name in _CLASS.findall(re.sub(r":not\([^)]*\)", "", selector)))


if __name__ == "__main__":
    main()
