#!/usr/bin/env bash
# Installs hxl_kit for the GitHub Action, in an environment of its own: the action's own checkout, or $VERSION.
set -euo pipefail

environment="$RUNNER_TEMP/hxl-kit"
"${PYTHON:-python3}" -m venv "$environment"
python="$environment/bin/python"
[ -x "$python" ] || python="$environment/Scripts/python.exe"

if [ -z "${VERSION:-}" ]; then
  wanted="$GITHUB_ACTION_PATH"
elif [[ "$VERSION" =~ ^[0-9][0-9A-Za-z.+!-]*$ ]]; then
  wanted="hxl-kit==$VERSION"
else
  echo "::error title=hxl-kit::version: write it as 1.2.3, or leave it empty"
  exit 2
fi
"$python" -m pip install --quiet --disable-pip-version-check "$wanted"
echo "HXL_KIT_PYTHON=$python" >> "$GITHUB_ENV"
