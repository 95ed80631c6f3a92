"""tidy.py [--all] [FILE]...   clang-tidy over the sources that changed since they last passed; needs a release build.

clang-tidy reads all headers again for every file, which is nearly all of its time. So files of one folder are read together,
and only where two of them use one name they are read apart. What passed is remembered by content: of the file, of all of our
headers it includes, of .clang-tidy and of the compiler.
"""
import argparse
import concurrent.futures
import hashlib
import itertools
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "release"
PASSED = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "portcullis-tidy"
TIDY = "clang-tidy-16"
TOGETHER = 12
CANNOT_BE_READ = re.compile(r"clang-diagnostic-(?:error|shadow)|error: (?:redefinition|reference to|call to|ambiguous)")


def compiled():
    return json.loads((BUILD / "compile_commands.json").read_text())


def output_of(one):
    words = one["command"].split()
    return words[words.index("-o") + 1]


def dependencies():
    """Source -> our own headers it includes, as ninja learned them from the compiler."""
    text = subprocess.run(["ninja", "-C", str(BUILD), "-t", "deps"], capture_output=True, text=True, check=True).stdout
    read = {}
    for block in text.split("\n\n"):
        lines = block.splitlines()
        if lines:
            read[lines[0].split(":")[0]] = {(BUILD / line.strip()).resolve() for line in lines[1:]}
    return {pathlib.Path(one["file"]): sorted(name for name in read.get(output_of(one), ()) if ROOT in name.parents and BUILD not in name.parents)
            for one in compiled()}


def key_of(source, includes, base):
    digest = hashlib.sha256(base)
    for path in [source, *includes]:
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def flags():
    """The release build's, without its precompiled headers: they would be read whole, and slower. With the folders and names of every source."""
    words = next(one["command"] for one in compiled() if one["file"].endswith("/src/app/sign_in.cpp")).split()
    folders = sorted({folder for one in compiled() for folder in re.findall(r"-isystem (\S+)", one["command"])})
    names = sorted({name for one in compiled() for name in shlex.split(one["command"]) if name.startswith("-D")})
    return names + [w for w in words if w.startswith(("-I", "-std=", "-W")) and w != "-Winvalid-pch"] + [f"-isystem{folder}" for folder in folders]


def read(sources, number, options):
    """The findings in these sources, read as one; nothing when they cannot be read as one."""
    if len(sources) == 1:
        target = sources[0]
    else:
        target = BUILD / "tidy" / f"{number}.cpp"
        target.parent.mkdir(exist_ok=True)
        target.write_text("".join(f'#include "{source}"\n' for source in sources))
    ran = subprocess.run([TIDY, "--quiet", f"--config-file={ROOT}/.clang-tidy", str(target), "--", *options, "-Wno-error"],
                         capture_output=True, text=True, cwd=ROOT)
    if ran.returncode == 0:
        return ""
    if len(sources) > 1 and CANNOT_BE_READ.search(ran.stdout):
        return None
    return ran.stdout or ran.stderr or "clang-tidy failed"


def examine(sources, numbers, options):
    """[(sources that were read as one, findings)]"""
    findings = read(sources, next(numbers), options)
    if findings is not None:
        return [(sources, findings)]
    middle = len(sources) // 2
    return examine(sources[:middle], numbers, options) + examine(sources[middle:], numbers, options)


def batches(sources):
    """Sources of one folder, at most TOGETHER."""
    for _, group in itertools.groupby(sorted(sources), key=lambda path: (path.parent, path.name.endswith("_test.cpp"))):
        members = list(group)
        for start in range(0, len(members), TOGETHER):
            yield members[start:start + TOGETHER]


def main():
    parser = argparse.ArgumentParser(prog="scripts/tidy")
    parser.add_argument("--all", action="store_true", help="also what passed before")
    parser.add_argument("files", nargs="*", type=pathlib.Path)
    wanted = parser.parse_args()
    includes = dependencies()
    version = subprocess.run([TIDY, "--version"], capture_output=True, check=True).stdout
    base = version + (ROOT / ".clang-tidy").read_bytes()
    chosen = [path.resolve() for path in wanted.files] or [
        path for path in includes if ROOT / "src" in path.parents and path.suffix == ".cpp" and not path.name.endswith("_test.cpp")]
    keys = {path: key_of(path, includes.get(path, []), base) for path in chosen}
    PASSED.mkdir(parents=True, exist_ok=True)
    todo = [path for path in chosen if wanted.all or not (PASSED / keys[path]).exists()]
    print(f"{len(chosen) - len(todo)} sources passed before, {len(todo)} to read", flush=True)
    options, numbers, bad = flags(), itertools.count(), 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        for examined in pool.map(lambda batch: examine(batch, numbers, options), batches(todo)):
            for sources, findings in examined:
                if findings:
                    bad += len(re.findall(r"(?:warning|error): .*\[", findings)) or 1
                    print(findings, flush=True)
                else:
                    for source in sources:
                        (PASSED / keys[source]).touch()
    print(f"{bad} findings in {len(todo)} sources")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
