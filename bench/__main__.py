"""`python -m bench [--json FILE] [--quick] [ROW ...]`: measure and print; exit code 1 where a target is missed."""

import asyncio
import platform
import sys
import tempfile
import time
from pathlib import Path

import msgspec
import rich_click as click
from rich.console import Console
from rich.table import Table

import bench.desk_rows
import bench.import_rows
import bench.insight_rows
import bench.page_rows
import bench.place_rows
import bench.relevance_row
import bench.request_rows
import bench.rival_rows
import bench.route_rows
import bench.search_rows
import bench.widget_row  # noqa: F401
from bench.house import filled, serving
from bench.rows import ROWS, Bench, Figure
from directory.postgres import Server

SIZES = {"seed": 0, "10k": 10_000, "100k": 100_000}
out, err = Console(), Console(stderr=True)


@click.command()
@click.argument("wanted", nargs=-1, type=click.Choice([name for name, _, _ in ROWS]))
@click.option(
    "--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the figures here."
)
@click.option("--quick", is_flag=True, help="Leave out 100,000 services and measure each row for a second.")
@click.option("--seconds", type=float, default=4.0, show_default=True, help="How long each row is measured.")
def main(wanted: tuple[str, ...], json_file: Path | None, quick: bool, seconds: float) -> None:
    """Measure the product on this machine, as ratios in one run."""
    figures = asyncio.run(_run(set(wanted), quick, 1.0 if quick else seconds))
    _show(figures)
    if json_file:
        found = {"machine": platform.machine(), "python": platform.python_version(), "figures": figures}
        json_file.write_bytes(msgspec.json.format(msgspec.json.encode(found)))
    sys.exit(0 if all(each.met for each in figures) else 1)


async def _run(wanted: set[str], quick: bool, seconds: float) -> list[Figure]:
    figures: list[Figure] = []
    notes: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="directory-bench-") as folder:
        server = Server(Path(folder), durable=False)
        with server.shared():
            for size, count in SIZES.items():
                chosen = [each for each in ROWS if each[1] == size and (not wanted or each[0] in wanted)]
                if not chosen or (quick and size == "100k"):
                    continue
                started = time.perf_counter()
                async with filled(server.url(), f"bench_{size}", Path(folder), count) as house:
                    err.print(f"{house.count} services in {time.perf_counter() - started:.0f} s")
                    with serving(house) as (port, pid):
                        for name, _, function in chosen:
                            err.print(f"measuring {name}")
                            given = Bench(
                                house=house, port=port, pid=pid, seconds=seconds, quick=quick, notes=notes
                            )
                            measured = await asyncio.to_thread(function, given)
                            for each in measured:  # a run that is stopped has shown what it came to
                                err.print(f"  {each.name}: {each.value:,.3g} {each.unit}")
                            figures += measured
    return figures


def _show(figures: list[Figure]) -> None:
    table = Table(
        "What",
        "Measured",
        "Target",
        "Met",
        "Seen",
        title="Measured",
        title_justify="left",
    )
    for each in figures:
        seen = ", ".join(f"{name} {value:,.4g}" for name, value in each.detail.items() if value)
        mark = "yes" if each.met else "NO"
        table.add_row(each.name, f"{each.value:,.3g} {each.unit}", each.target, mark, seen)
    out.print(table)


if __name__ == "__main__":
    main()
