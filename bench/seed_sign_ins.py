"""seed_sign_ins.py DATABASE UPN COUNT   Gives one person of a stopped SQLite store COUNT sign-ins of the last 29 days.

Each is a copy of the latest granted one they have, whole document and all, under an id of its own moment; every hundredth was unusual and
is not answered.
"""
import os
import sqlite3
import sys
import time
import uuid

path, upn, count = sys.argv[1], sys.argv[2].lower(), int(sys.argv[3])
db = sqlite3.connect(path)
db.execute("PRAGMA foreign_keys = OFF")
tenant, user = db.execute("SELECT tenant_id, id FROM users WHERE upn_key = ?", (upn,)).fetchone()
names = [row[1] for row in db.execute("PRAGMA table_info(sign_ins)")]
replaced = {"id", "created_at", "risk_state"}
chosen = ", ".join(f":{name}" if name in replaced else name for name in names)
source = db.execute("SELECT id FROM sign_ins WHERE tenant_id = ? AND user_id = ? AND error_code = 0 AND is_interactive = 1 ORDER BY id DESC LIMIT 1",
                    (tenant, user)).fetchone()[0]
now = int(time.time() * 1000)
for number in range(count):
    at = now - (count - number) * (29 * 86400000 // count)
    random = int.from_bytes(os.urandom(10), "big")
    identifier = uuid.UUID(int=(at << 80) | (7 << 76) | ((random >> 64 & 0xFFF) << 64) | (2 << 62) | (random & (1 << 62) - 1))
    db.execute(f"INSERT INTO sign_ins ({', '.join(names)}) SELECT {chosen} FROM sign_ins WHERE tenant_id = :tenant AND id = :source",
               {"tenant": tenant, "source": source, "id": str(identifier), "created_at": at, "risk_state": "remediated" if number % 100 == 0 else "none"})
db.commit()
db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
db.close()
