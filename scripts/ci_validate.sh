#!/usr/bin/env bash
# Validates for the GitHub Action: annotations to the log, a summary to the job's page, SARIF if it is asked for.
# All inputs come in the environment: text of a pull request never becomes part of a script.
set -euo pipefail

arguments=(validate --format github)
[ -z "${CHECKS:-}" ] || arguments+=("--checks=$CHECKS")
[ -z "${FAIL_ON:-}" ] || arguments+=("--fail-on=$FAIL_ON")
[ -z "${BASELINE:-}" ] || arguments+=("--baseline=$BASELINE")
[ -z "${CHANGED_SINCE:-}" ] || arguments+=("--changed-since=$CHANGED_SINCE")
[ -z "${REPORT_LANGUAGE:-}" ] || arguments+=("--lang=$REPORT_LANGUAGE")

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
arguments+=("--also=markdown=$folder/summary.md")
[ -z "${SARIF:-}" ] || arguments+=("--also=sarif=$SARIF")

arguments+=(--)
while IFS= read -r path; do
  path="${path%$'\r'}"
  [ -z "$path" ] || arguments+=("$path")
done <<< "${PATHS:-}"

code=0
"${HXL_KIT_PYTHON:-python3}" -m hxl_kit "${arguments[@]}" 2> "$folder/notes.txt" || code=$?

cat "$folder/notes.txt" >&2
{
  [ ! -f "$folder/summary.md" ] || cat "$folder/summary.md"
  if [ -s "$folder/notes.txt" ]; then
    echo
    sed 's/^/    /' "$folder/notes.txt"
  fi
} >> "${GITHUB_STEP_SUMMARY:-/dev/null}"

if [ "$code" -gt 1 ]; then
  echo "::error title=hxl-kit::nothing could be said of all the data (exit code $code): see the log"
fi
exit "$code"
