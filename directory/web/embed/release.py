"""`python -m directory.web.embed.release 1.0.1`: keep the script of today under a version, for pages that pin it.

A version is made once and never changed: the file it makes is part of the source, and a test holds its hash.
"""

import re
import sys

from directory.web.embed import script


def main(version: str) -> str:
    """The line that says what was made. Raises ValueError for a version that exists or is none."""
    if not re.fullmatch(r"1\.\d{1,3}\.\d{1,3}", version):
        raise ValueError("a version of this major release, such as 1.0.1")
    path = script.RELEASES / f"{version}.js"
    script.RELEASES.mkdir(exist_ok=True)
    try:
        with path.open("xb") as file:
            file.write(script.current().body)
    except FileExistsError:
        raise ValueError(f"{version} is out already; releases never change") from None
    return f"{version} {script.packed(path.read_bytes()).integrity}"


if __name__ == "__main__":
    sys.stdout.write(main(sys.argv[1]) + "\n")
