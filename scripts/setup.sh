#!/usr/bin/env bash
# Makes .venv with Python 3.10 from the hashed lock. Shows what it is doing; does nothing twice.
set -euo pipefail
cd "$(dirname "$0")/.."

find_python() {
  local candidate
  for candidate in python3.10 "${HOME}"/.pyenv/versions/3.10.*/bin/python python3 python; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 10))' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
}

if [ ! -x .venv/bin/python ]; then
  python=$(find_python)
  if [ -n "$python" ]; then
    echo "Making .venv with $("$python" --version)"
    "$python" -m venv .venv
  else
    echo "No Python 3.10 on this machine: uv fetches one"
    uv=$(command -v uv || true)
    if [ -z "$uv" ]; then
      python3 -m venv .uv
      .uv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-setup.lock
      uv=.uv/bin/uv
    fi
    "$uv" venv --seed --python 3.10 .venv
  fi
fi

echo "Installing the locked packages (a few hundred megabytes the first time)"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-setup.lock
.venv/bin/uv pip install --python .venv/bin/python --require-hashes --no-progress --quiet -r requirements.lock
touch .venv/.ready
