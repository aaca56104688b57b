"""`python -m directory.routing.compiled DATA_FOLDER RULES_FOLDER EMBEDDING`: compile the rules and leave them there."""

import sys
from pathlib import Path

from directory.routing.route import open_router
from directory.settings import Settings


def main() -> None:
    folder, rules, embedding = sys.argv[1:4]
    open_router(Settings(data_dir=Path(folder), rules_dir=rules, embedding=bool(int(embedding))))


if __name__ == "__main__":
    main()
