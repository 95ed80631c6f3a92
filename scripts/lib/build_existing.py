"""build_existing.py PRESET TARGET...   Builds those of the targets that the project has."""
import pathlib
import subprocess
import sys

preset, wanted = sys.argv[1], sys.argv[2:]
subprocess.check_call(["cmake", "--preset", preset, "--log-level=WARNING"])
known = subprocess.check_output(["ninja", "-C", f"build/{preset}", "-t", "targets", "all"], text=True)
have = [target for target in wanted if f"\n{target}: phony" in "\n" + known or f"\n{target}:" in "\n" + known]
if not have:
    print(f"none of {', '.join(wanted)} in {pathlib.Path('build', preset)}")
    sys.exit(1)
sys.exit(subprocess.call(["scripts/build", preset, *have]))
