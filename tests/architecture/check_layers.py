#!/usr/bin/env python3
"""The arrows of docs/architecture.md as a test: who may include whom, and what the pure core never touches.

    check_layers.py SRC     prints every breach, one a line; exit 1 when there is one
"""
import pathlib
import re
import sys

# A folder may include itself and what stands here. `app/ports` is a layer of its own below `app`.
MAY_INCLUDE = {
    "base": set(),
    "core": {"base"},
    "wire": {"base", "core"},
    "app/ports": {"base", "core", "wire"},
    "app": {"base", "core", "wire", "app/ports"},
    "adapters": {"base", "core", "wire", "app/ports"},
    "http": {"base", "core", "wire", "app/ports", "app"},
    "jobs": {"base", "core", "wire", "app/ports", "app"},
    "login": {"base", "core", "wire", "app/ports", "adapters"},
    "main": {"base", "core", "wire", "app/ports", "app", "adapters", "http", "jobs"},
}
# Inside core an arrow leads from right to left. `oidc` stands apart: it and the risk pipeline never meet.
CORE_ORDER = ["terms", "identity", "credentials", "signals", "detection", "risk", "policy", "controls", "remediation", "notices"]
OIDC_MAY_INCLUDE = {"terms", "identity"}

# core: standard library, fmt and base; never a clock, randomness, environment, thread, file, log, exception or coroutine.
CORE_HEADERS_BANNED = {
    "thread", "mutex", "shared_mutex", "condition_variable", "future", "atomic", "fstream", "iostream", "ostream", "istream",
    "filesystem", "random", "coroutine", "exception", "stdexcept", "cstdio", "cstdlib", "ctime", "csignal", "regex",
}
CORE_WORDS_BANNED = re.compile(
    r"\b(?:system_clock|steady_clock|high_resolution_clock)::now\b|\bco_(?:await|return|yield)\b|\bthrow\b|\bcatch\s*\("
    r"|\bgetenv\b|\bstd::(?:cout|cerr|clog|rand|thread|mutex|async)\b|\bstd::time\b|\bthread_local\b|\bnew\b(?!\w)")
# Coroutines exist only in the net layer and in outbound HTTP adapters.
COROUTINE = re.compile(r"\bco_(?:await|return|yield)\b")
MAY_HAVE_COROUTINES = ("http/server/", "adapters/http_client/")
# clang 16 forgets what a braced initialiser has already made when an expression within returns from the function.
TRY_IN_BRACES = re.compile(r"[{,]\s*\.\w+\s*=\s*[^;{}]*?\bTRY\(|\w\{[^;{}]*?,[^;{}]*?\bTRY\(")
NAMES_THAT_SAY_NOTHING = re.compile(r"(?:^|[/_])(?:managers?|utils?|common|misc|impl|helpers?|do|perform)(?:[/_.]|$)")


def layer_of(path):
    for layer in sorted(MAY_INCLUDE, key=len, reverse=True):
        if path.startswith(layer + "/"):
            return layer
    return None


def without_comments_and_strings(text):
    """What the compiler acts on. Include lines keep their names."""
    pattern = re.compile(
        r'(?P<include>^[ \t]*#[ \t]*include[^\n]*)|R"(?P<d>[^()\\ ]{0,16})\(.*?\)(?P=d)"|//[^\n]*|/\*.*?\*/'
        r'|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.S | re.M)
    return pattern.sub(lambda m: m.group("include") or " ", text)


def core_breaches(path, includes, system_includes, code, is_test):
    room = path.split("/")[1]
    if room not in CORE_ORDER and room != "oidc":
        yield f"{path}: core has no room `{room}`"
        return
    for include in includes:
        if layer_of(include) != "core":
            continue
        other = include.split("/")[1]
        if other == room:
            continue
        if room == "oidc":
            if other not in OIDC_MAY_INCLUDE:
                yield f"{path}: oidc must not include {include}"
        elif other == "oidc":
            yield f"{path}: the risk pipeline must not include {include}"
        elif other in CORE_ORDER and CORE_ORDER.index(other) > CORE_ORDER.index(room):
            yield f"{path}: {room} must not include {include}"
    if is_test:
        return
    for include in system_includes:
        if include.startswith("fmt/"):
            continue
        if "/" in include or include.endswith((".h", ".hpp")) or include in CORE_HEADERS_BANNED:
            yield f"{path}: impure: <{include}>"
    for match in CORE_WORDS_BANNED.finditer(code):
        yield f"{path}: impure: `{match.group(0)}`"


def breaches(files):
    """`files`: path below src -> text. Yields one sentence a breach."""
    for path, text in sorted(files.items()):
        if NAMES_THAT_SAY_NOTHING.search(path):
            yield f"{path}: a name that says nothing"
        layer = layer_of(path)
        if layer is None:
            yield f"{path}: belongs to no layer"
            continue
        code = without_comments_and_strings(text)
        includes = re.findall(r'#[ \t]*include[ \t]+"([^"]+)"', code)
        system_includes = re.findall(r"#[ \t]*include[ \t]+<([^>]+)>", code)
        is_test = path.endswith("_test.cpp") or "/test_support" in path
        for include in includes:
            target = layer_of(include)
            if target is None:
                if not (is_test and include.startswith("tests/")):
                    yield f'{path}: includes are spelled from src/: "{include}"'
            elif target != layer and target not in MAY_INCLUDE[layer] and not (is_test and layer != "core"):
                yield f"{path}: {layer} must not include {include}"
        for match in TRY_IN_BRACES.finditer(code):
            line = code.count("\n", 0, match.end()) + 1
            yield f"{path}: TRY within braces leaks, near `{code.splitlines()[line - 1].strip()[:80]}`: give it a name before"
        if layer == "core":
            yield from core_breaches(path, includes, system_includes, code, is_test)
        elif COROUTINE.search(code) and not path.startswith(MAY_HAVE_COROUTINES):
            yield f"{path}: coroutines live in {' and '.join(MAY_HAVE_COROUTINES)}"


def main():
    src = pathlib.Path(sys.argv[1])
    files = {str(path.relative_to(src)): path.read_text(encoding="utf-8")
             for path in src.rglob("*") if path.suffix in {".h", ".cpp", ".def"}}
    found = list(breaches(files))
    print("\n".join(found) or f"layers hold ({len(files)} files)")
    return 1 if found or not files else 0


if __name__ == "__main__":
    sys.exit(main())
