#!/usr/bin/env python3
"""Prints every rule of ids.txt with the tests that are named after it; exit 1 when one has none.

A test proves a rule by bearing its ID in its name: TEST_CASE and SCENARIO in C++, test() and it() in JavaScript, `ids` in a story.
"""
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
ID = re.compile(r"\b(?:IDP|CRED|PROTO|CA)-\d{3}\b")
CPP_NAME = re.compile(r'\b(?:TEST_CASE|SCENARIO|TEST_CASE_METHOD|SECTION)\s*\(((?:[^"()]*,)?\s*(?:"(?:\\.|[^"\\])*"\s*)+)')
JS_NAME = re.compile(r"\b(?:test|it|describe|rule)\s*\(\s*(?:`([^`]*)`|'((?:\\.|[^'\\])*)'|\"((?:\\.|[^\"\\])*)\")")


def named_tests():
    """(file:line, name) of every test."""
    for path in sorted([*ROOT.glob("src/**/*_test.cpp"), *ROOT.glob("tests/**/*.cpp")]):
        text = path.read_text(encoding="utf-8")
        for match in CPP_NAME.finditer(text):
            name = "".join(re.findall(r'"((?:\\.|[^"\\])*)"', match.group(1)))
            yield f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, match.start()) + 1}", name
    for path in sorted(ROOT.glob("tests/**/*.mjs")):
        if "node_modules" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        for match in JS_NAME.finditer(text):
            name = next(group for group in match.groups() if group is not None)
            yield f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, match.start()) + 1}", name
    for path in sorted(ROOT.glob("tests/scenarios/*.json")):
        for story in json.loads(path.read_text(encoding="utf-8"))["stories"]:
            yield str(path.relative_to(ROOT)), f"{' '.join(story['ids'])} {story['title']}"


def main():
    rules = [line.split(" ", 1) for line in (ROOT / "tests/spec/ids.txt").read_text(encoding="utf-8").splitlines()
             if line and not line.startswith("#")]
    proofs = {}
    for where, name in named_tests():
        for found in set(ID.findall(name)):
            proofs.setdefault(found, []).append(f"{where}  {name}")
    required = {rule for rule, _ in rules}
    for rule, short in rules:
        print(f"{rule}  {short}")
        for proof in proofs.get(rule, ["MISSING"]):
            print(f"    {proof}")
    beyond = sorted(set(proofs) - required)
    if beyond:
        print("\nproved beyond these: " + " ".join(beyond))
    missing = [rule for rule, _ in rules if rule not in proofs]
    print(f"\n{len(rules) - len(missing)} of {len(rules)} rules have a test" + (f"; missing: {' '.join(missing)}" if missing else ""))
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
