"""Runs the suites of scripts/test and sums what they say.

A suite is one command with a log of its own in build/test-logs and a reader that finds `passed` and `failed` in it.
What ended badly without saying a number counts as one failure.
"""
import argparse
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
LOGS = ROOT / "build" / "test-logs"
CORES = str(os.cpu_count() or 2)
# Where threads meet: the sanitizer for races has nothing to find in pure code.
TSAN_PROGRAMS = ["app_tests", "adapters_tests", "http_tests", "jobs_tests", "main_tests", "conformance_tests"]


def catch_and_ctest(text):
    """Test cases of Catch2 programs, plus the ctest entries that are not Catch2 programs."""
    passed = failed = 0
    for m in re.finditer(r"All tests passed \(.*?(\d+) test cases?\)|test cases: *(\d+) \|(.*)", text):
        if m.group(1):
            passed += int(m.group(1))
            continue
        counts = {word: int(n) for n, word in re.findall(r"(\d+) (passed|failed)", m.group(3))}
        passed, failed = passed + counts.get("passed", 0), failed + counts.get("failed", 0)
    catch_entries = len(set(re.findall(r"^(\d+): .*(?:All tests passed|test cases:)", text, re.M)))
    total = re.search(r"(\d+)% tests passed, (\d+) tests? failed out of (\d+)", text)
    if total:
        bad, entries = int(total.group(2)), int(total.group(3))
        passed += max(0, entries - catch_entries - bad)
        failed = max(failed, bad)
    return passed, failed


def node_test(text):
    """The summary of node:test, whichever reporter wrote it."""
    def count(word):
        return sum(int(n) for n in re.findall(rf"^(?:ℹ|#) {word} (\d+)", text, re.M))
    return count("pass"), count("fail") + count("cancelled")


def fuzzers(text):
    return len(re.findall(r"^fuzz ok ", text, re.M)), len(re.findall(r"^fuzz FAILED ", text, re.M))


class Suite:
    def __init__(self, name, steps, reader, quick=False, minutes=15, env=None):
        self.name, self.steps, self.reader, self.quick = name, steps, reader, quick
        self.seconds, self.env = minutes * 60, env or {}


def node(*paths, concurrency="1"):
    return ["node", "--test", "--test-reporter=spec", f"--test-concurrency={concurrency}", *paths]


def ctest(preset, *more):
    return ["ctest", "--test-dir", f"build/{preset}", "-j", CORES, "-V", "--timeout", "600", "--no-tests=error", *more]


BUILD_RELEASE = [["scripts/build", "release"]]
NPM = [[sys.executable, "scripts/lib/npm_ci.py", "tests"]]
SUITES = [
    Suite("build", BUILD_RELEASE, lambda _: (1, 0), quick=True, minutes=30),
    Suite("cpp", [ctest("release")], catch_and_ctest, quick=True),
    Suite("support", NPM + [node("tests/support_js/")], node_test, quick=True),
    Suite("protocol", NPM + [node("tests/protocol/", concurrency=CORES)], node_test, quick=True),
    Suite("scenarios", NPM + [node("tests/scenarios/")], node_test, env={"PORTCULLIS_STORE": "sqlite"}, quick=True),
    Suite("scenarios-postgres", NPM + [node("tests/scenarios/")], node_test, env={"PORTCULLIS_STORE": "postgres"}),
    Suite("clients", NPM + [node("tests/clients/")], node_test),
    Suite("browser", NPM + [node("tests/browser/")], node_test),
    # One build for both: the fuzz preset is ASan and UBSan with coverage counters.
    Suite("asan", [["scripts/build", "fuzz"], ctest("fuzz", "-E", "architecture")], catch_and_ctest, minutes=40,
          env={"ASAN_OPTIONS": "detect_leaks=1:detect_stack_use_after_return=1", "UBSAN_OPTIONS": "print_stacktrace=1"}),
    Suite("fuzz", [[sys.executable, "scripts/lib/fuzz_smoke.py", "build/fuzz", "8"]], fuzzers),
    Suite("tsan", [[sys.executable, "scripts/lib/build_existing.py", "tsan", *TSAN_PROGRAMS],
                   ctest("tsan", "-R", "^(" + "|".join(p[:-6] for p in TSAN_PROGRAMS) + ")$")], catch_and_ctest,
          minutes=40, env={"TSAN_OPTIONS": "halt_on_error=1:second_deadlock_stack=1"}),
]


def run_step(command, log, suite):
    """True when the command ended well. Its process group never outlives it."""
    log.write(f"$ {' '.join(command)}\n".encode())
    log.flush()
    process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
                               env={**os.environ, **suite.env})
    try:
        return process.wait(timeout=suite.seconds) == 0
    except subprocess.TimeoutExpired:
        log.write(f"\nstopped after {suite.seconds} s\n".encode())
        return False
    finally:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def run(suite):
    path = LOGS / f"{suite.name}.log"
    start = time.monotonic()
    with open(path, "wb") as log:
        ended_well = all(run_step(command, log, suite) for command in suite.steps)
    passed, failed = suite.reader(path.read_text(encoding="utf-8", errors="replace")) if ended_well or \
        suite.name != "build" else (0, 1)
    if (not ended_well or passed == 0) and failed == 0:
        failed = 1
    seconds = time.monotonic() - start
    print(f"{'ok    ' if failed == 0 else 'FAILED'} {suite.name:<20}{passed:>5} passed {failed:>3} failed {seconds:>7.1f} s"
          + ("" if failed == 0 else f"   {path.relative_to(ROOT)}"), flush=True)
    if failed:
        show_failures(path)
    return passed, failed


def show_failures(path):
    """The lines that matter, so that a CI log is enough to see what broke."""
    wanted = re.compile(r"✖|FAILED|not ok|error:|ERROR|Error:|AssertionError|stopped after|Sanitizer|runtime error|must not|impure|missing")
    lines = [line.rstrip() for line in path.read_text(encoding="utf-8", errors="replace").splitlines()]
    hits = [line for line in lines if wanted.search(line) and "✔" not in line][:25]
    for line in hits or lines[-15:]:
        print(f"       | {line[:400]}", flush=True)


def main():
    parser = argparse.ArgumentParser(prog="scripts/test")
    parser.add_argument("--quick", action="store_true", help="the release build, C++ tests, protocol and stories on SQLite")
    parser.add_argument("--only", action="append", default=[], metavar="SUITE", help="only these (and the build they need)")
    parser.add_argument("--spec", action="store_true", help="every spec ID with the test that proves it")
    parser.add_argument("--list", action="store_true", help="names of the suites")
    options = parser.parse_args()
    names = [suite.name for suite in SUITES]
    if options.list:
        print("\n".join(names))
        return 0
    unknown = [name for name in options.only if name not in names]
    if unknown:
        parser.error(f"no suite `{unknown[0]}`; there are: {', '.join(names)}")
    chosen = [suite for suite in SUITES if not options.only or suite.name in options.only]
    if options.only and not {"build", "asan", "tsan"} & set(options.only):
        chosen.insert(0, SUITES[0])
    if options.quick:
        chosen = [suite for suite in chosen if suite.quick]

    LOGS.mkdir(parents=True, exist_ok=True)
    passed = failed = 0
    for suite in chosen:
        more_passed, more_failed = run(suite)
        passed, failed = passed + more_passed, failed + more_failed
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
