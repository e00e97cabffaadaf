#!/usr/bin/env bash
# Fetches what the integration, browser and fault suites need and a fresh machine has not: a browser, a PostgreSQL
# server, Node.js (Debian's packages), and from npm a mock server with Twilio's own description of its API to run it on,
# and an OpenID provider. Does nothing that is done already.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
command -v chromium >/dev/null || missing+=(chromium)
compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || missing+=(postgresql)
command -v npm >/dev/null || missing+=(nodejs npm)
if [ ${#missing[@]} -gt 0 ]; then
  echo "Installing ${missing[*]}"
  apt-get update --quiet=2
  DEBIAN_FRONTEND=noninteractive apt-get install --quiet=2 --yes --no-install-recommends "${missing[@]}" >/dev/null
fi

installed=node_modules/.installed-lock.json
if ! cmp --silent package-lock.json "$installed"; then
  echo "Installing the test tools (about 200 megabytes the first time)"
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
  cp package-lock.json "$installed"
fi
