#!/usr/bin/env python3
"""The rules of check_layers.py, each with a file that keeps it and one that breaks it."""
import sys
import unittest

sys.dont_write_bytecode = True
from check_layers import breaches  # noqa: E402

KEEPS = {
    "core/risk/assess.cpp": '#include <vector>\n#include <fmt/format.h>\n#include "core/detection/detector.h"\n#include "base/id.h"\n',
    "core/oidc/claims.cpp": '#include "core/identity/user.h"\n',
    "wire/policy.cpp": '#include "core/policy/policy.h"\n#include "base/json.h"\n',
    "app/ports/journal.h": '#include "wire/policy.h"\n#include "core/risk/assess.h"\n',
    "app/sign_in.cpp": '#include "app/ports/journal.h"\n',
    "adapters/sqlite/db.cpp": '#include <sqlite3.h>\n#include "app/ports/journal.h"\nvoid f() { throw 1; }\n',
    "http/server/session.cpp": "void f() { co_await g(); }\n",
    "main/wire.cpp": '#include "adapters/sqlite/db.h"\n#include "http/routes.h"\n#include "jobs/retention.h"\n',
    "app/sign_in_test.cpp": '#include "adapters/sqlite/db.h"\n#include "tests/support/clock.h"\n',
    "app/sign_in_steps.cpp": "auto f() { if (a) { g(b, TRY(c())); } return Found{a, b}; }\n",
    "core/terms/risk.cpp": '// never throw, getenv\nconst char* kText = "co_await throw";\n',
}
BREAKS = [
    ("base/id.h", '#include "core/terms/risk.h"\n', "base must not include"),
    ("core/risk/assess.cpp", '#include "core/policy/policy.h"\n', "risk must not include"),
    ("core/policy/evaluate.cpp", '#include "core/oidc/claims.h"\n', "the risk pipeline must not include"),
    ("core/oidc/claims.cpp", '#include "core/risk/assess.h"\n', "oidc must not include"),
    ("core/risk/assess.cpp", "#include <random>\n", "impure"),
    ("core/risk/assess.cpp", "#include <boost/json.hpp>\n", "impure"),
    ("core/risk/assess.cpp", "auto f() { return std::chrono::system_clock::now(); }\n", "impure"),
    ("core/risk/assess.cpp", "void f() { throw 1; }\n", "impure"),
    ("core/risk/assess.cpp", '#include "wire/policy.h"\n', "core must not include"),
    ("wire/policy.cpp", '#include "app/ports/journal.h"\n', "wire must not include"),
    ("app/ports/journal.h", '#include "app/sign_in.h"\n', "app/ports must not include"),
    ("app/sign_in.cpp", '#include "adapters/sqlite/db.h"\n', "app must not include"),
    ("adapters/sqlite/db.cpp", '#include "app/sign_in.h"\n', "adapters must not include"),
    ("http/routes.cpp", '#include "adapters/sqlite/db.h"\n', "http must not include"),
    ("jobs/retention.cpp", '#include "http/routes.h"\n', "jobs must not include"),
    ("http/pages/login.cpp", "void f() { co_await g(); }\n", "coroutines live in"),
    ("app/sign_in.cpp", '#include "sign_in.h"\n', "spelled from src/"),
    ("app/sign_in.cpp", '#include "tests/support/clock.h"\n', "spelled from src/"),
    ("app/sign_in.cpp", "auto f() { return Act{.name = g(), .by = TRY(actor())}; }\n", "TRY within braces"),
    ("app/sign_in.cpp", "auto f() { return Found{std::move(a), TRY(b())}; }\n", "TRY within braces"),
    ("app/user_manager.h", "", "says nothing"),
    ("core/stuff/x.cpp", "", "no room"),
    ("other/x.cpp", "", "no layer"),
]


class Layers(unittest.TestCase):
    def test_what_keeps_the_rules_is_silent(self):
        self.assertEqual(list(breaches(KEEPS)), [])

    def test_every_breach_is_named(self):
        for path, text, sentence in BREAKS:
            with self.subTest(path=path, sentence=sentence):
                found = list(breaches({path: text}))
                self.assertEqual(len(found), 1, found)
                self.assertIn(sentence, found[0])


if __name__ == "__main__":
    unittest.main()
