"""fuzz_smoke.py BUILD SECONDS [SEED]   Runs every fuzz target for a few seconds from its corpus; one a core.

The seed is the same every time, so that a change is judged by itself; SEED 0 takes a new one, to search.
"""
import concurrent.futures
import os
import pathlib
import subprocess
import sys

root = pathlib.Path(__file__).resolve().parents[2]
build, seconds = root / sys.argv[1], sys.argv[2]
seed = sys.argv[3] if len(sys.argv) > 3 else "1"
found = build / "found"
found.mkdir(parents=True, exist_ok=True)
targets = sorted(path for path in (build / "tests" / "fuzz").glob("fuzz_*") if path.is_file() and os.access(path, os.X_OK))
if not targets:
    sys.exit("no fuzz targets")


def run(target):
    name = target.name.removeprefix("fuzz_")
    grown = found / f"{name}-corpus"
    grown.mkdir(exist_ok=True)
    seeds = root / "tests" / "fuzz" / "corpus" / name
    command = [str(target), f"-max_total_time={seconds}", f"-seed={seed}", "-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1",
               f"-artifact_prefix={found}/{name}-", str(grown), *([str(seeds)] if seeds.is_dir() else [])]
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    return name, result.returncode, result.stdout


bad = 0
with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
    for name, code, output in pool.map(run, targets):
        tail = "\n".join(output.splitlines()[-12:])
        print(f"{tail}\nfuzz {'ok' if code == 0 else 'FAILED'} {name}", flush=True)
        bad += code != 0
sys.exit(1 if bad else 0)
