"""seed.py DATABASE UPN COUNT   Adds people bench0..bench(COUNT-1) to a stopped SQLite store, each a copy of UPN: same password, same habits.

They have no second method and a registration period that has long to run, so that a sign-in is user name, password and one skipped page.
"""
import sqlite3
import sys
import uuid

path, upn, count = sys.argv[1], sys.argv[2].lower(), int(sys.argv[3])
db = sqlite3.connect(path)
db.execute("PRAGMA foreign_keys = OFF")
db.execute("PRAGMA synchronous = OFF")
domain = upn.split("@")[1]
have = db.execute("SELECT count(*) FROM users WHERE upn_key LIKE 'bench%@' || ?", (domain,)).fetchone()[0]
if have >= count:
    sys.exit(0)
original = db.execute("SELECT tenant_id, id, mfa_registration_deadline FROM users WHERE upn_key = ?", (upn,)).fetchone()
if original is None:
    sys.exit(f"no user {upn}")
tenant, user_id, _ = original
far = 4102444800000  # 2100-01-01


def columns(table):
    return [row[1] for row in db.execute(f"PRAGMA table_info({table})")]


def copier(table, replaced, where):
    """INSERT ... SELECT of the original's row with some columns replaced by parameters."""
    names = columns(table)
    chosen = [f":{name}" if name in replaced else name for name in names]
    return f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(chosen)} FROM {table} WHERE tenant_id = :tenant AND {where} = :user"


users = copier("users", {"id", "upn_key", "user_principal_name", "mail", "mfa_registration_deadline"}, "id")
others = [copier(table, {"user_id"}, "user_id") for table in ("passwords", "familiarity_profiles")]
for number in range(have, count):
    name = f"bench{number}@{domain}"
    row = {"tenant": tenant, "user": user_id, "id": str(uuid.uuid4()), "upn_key": name, "user_principal_name": name, "mail": name,
           "mfa_registration_deadline": far}
    row["user_id"] = row["id"]
    db.execute(users, row)
    for statement in others:
        db.execute(statement, row)
    if number % 20000 == 0:
        db.commit()
db.commit()
db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
db.close()
