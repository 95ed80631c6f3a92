"""npm ci in a folder, unless node_modules already is what the lock file says."""
import hashlib
import os
import pathlib
import subprocess
import sys

folder = pathlib.Path(sys.argv[1])
lock = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
stamp = folder / "node_modules" / ".lock-sha256"
if stamp.exists() and stamp.read_text() == lock:
    sys.exit(0)
# Debian's npm finds its libraries through Debian's node only: not through the one that scripts/node puts in PATH.
path = os.pathsep.join(part for part in os.environ["PATH"].split(os.pathsep) if "node_modules" not in part)
code = subprocess.call(["npm", "ci", "--no-fund", "--no-audit", "--ignore-scripts"], cwd=folder, env={**os.environ, "PATH": path})
if code == 0:
    stamp.write_text(lock)
sys.exit(code)
