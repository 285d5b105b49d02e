"""The table of a run: medians over the rounds. The directory of the figures is the argument."""

import collections
import json
import pathlib
import statistics
import sys


def main():
    runs = collections.defaultdict(list)
    for path in sorted(pathlib.Path(sys.argv[1]).glob("*.json")):
        runs[path.stem.rsplit("-", 1)[0]].append(json.loads(path.read_text()))
    if not runs:
        raise SystemExit("table.py: no figures")

    def rate(system):
        return statistics.median(run["saturatedPerSecond"] for run in runs[system])

    def latency(system, load, percentile):
        found = [
            level[percentile]
            for run in runs[system]
            for level in run["latencies"]
            if level["load"] == load and level["missing"] == 0
        ]
        return f"{statistics.median(found):,.0f}" if found else "-"

    base = "book-8" if "book-8" in runs else next(iter(runs))
    print(f"| system | messages/s | lowest to highest | ratio to {base} | p50 / p99 ms at 10 % | at 50 % | at 80 % |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for system in sorted(runs, key=rate, reverse=True):
        rates = [run["saturatedPerSecond"] for run in runs[system]]
        latencies = " | ".join(
            f"{latency(system, load, 'p50Millis')} / {latency(system, load, 'p99Millis')}" for load in (0.1, 0.5, 0.8)
        )
        print(
            f"| {system} | {rate(system):,.1f} | {min(rates):,.1f} to {max(rates):,.1f} "
            f"| {rate(system) / rate(base):,.2f} | {latencies} |"
        )


if __name__ == "__main__":
    main()
