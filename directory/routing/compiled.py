"""`python -m directory.routing.compiled DATA_FOLDER RULES_FOLDER EMBEDDING`: compile the rules and leave them there."""

import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from directory.routing.route import open_router
from directory.settings import Settings


def main() -> None:
    folder, rules, embedding = sys.argv[1:4]
    settings = Settings(data_dir=Path(folder), rules_dir=rules, embedding=bool(int(embedding)))
    with ProcessPoolExecutor(1) as helper:
        open_router(settings, helper=helper)


if __name__ == "__main__":
    main()
