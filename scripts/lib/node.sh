# To be sourced at the root of the repository, after scripts/install: puts a Node of at least 20 first in PATH. Debian 12 has 18,
# openid-client 6 wants 20; scripts/node pins one from npm. Debian's npm runs on Debian's node (scripts/lib/npm_ci.py).
node_major() { node -p 'process.versions.node.split(".")[0]'; }
if [ "$(node_major)" -lt 20 ]; then
    /usr/bin/python3 scripts/lib/npm_ci.py scripts/node >&2
    # By its package: npm 9 makes no link in .bin for it.
    for folder in "$PWD"/scripts/node/node_modules/node-linux-*/bin; do export PATH="$folder:$PATH"; done
    [ "$(node_major)" -ge 20 ] || { echo "there is no Node 20 for this machine: install one" >&2; exit 1; }
fi
