#!/bin/bash
# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Installs what is missing, builds, runs all tests, and ends with "N passed, N failed".

set -u
cd "$(dirname "$0")" || exit 1

usage() {
  cat <<'END'
usage: ./test.sh [--quick] [--flatpak] [--yes] [NAME...]

Installs missing packages, builds in _build and, with address and undefined-behaviour sanitizers,
in _build-asan, and runs all tests in both. Then each fuzz target runs for some seconds. NAME runs
only the tests of that name.

  --quick    without the sanitizers and the fuzz targets
  --flatpak  builds the Flatpak, too, and tries it in its sandbox (flatpak/try.sh)
  --yes      install packages without asking

HELIO_SEEDS=1-1000 in the environment: these seeds of the convergence test, of which else 200 are
run, and 20 with the sanitizers.

./test.sh --packages builds the Debian packages in a clean Debian 12 and tries them there;
./test.sh --elsewhere builds and tests on Debian 13 and Debian testing. Both run nothing else.

The last line is "N passed, N failed", with ", N skipped" where some were.
END
}

passed=0
failed=0
skipped=0

# What went wrong besides a case of a test: said now and at the end.
complain() {
  echo "$1" >&2
  echo "$1" >>"$failures"
}

# The one way out: the line that everyone looks for, and the exit code to it.
finish() {
  if [ $((passed + failed)) -eq 0 ]; then
    echo "No test was run." >&2
    failed=1
  fi
  if [ -s "$failures" ]; then
    echo "Failed:"
    cat "$failures"
  fi
  if [ "$skipped" -gt 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
  else
    echo "$passed passed, $failed failed"
  fi
  [ "$failed" -eq 0 ]
  exit
}

build() {
  local folder=$1
  shift
  echo "== Building $folder"
  if [ -f "$folder/build.ninja" ]; then
    meson configure "$folder" "$@" || return 1
  else
    meson setup "$folder" "$@" || return 1
  fi
  ninja -C "$folder"
}

# run FOLDER MESON-OPTION...: runs the tests and adds up their cases
run() {
  local folder=$1 log=$1/meson-logs/testlog.json code counts
  shift
  echo "== Testing $folder"
  rm -f "$log"
  # Two thirds of the time a test waits for something.
  HOME=$home meson test -C "$folder" --no-rebuild --print-errorlogs \
    --num-processes $((3 * $(nproc))) "$@" "${names[@]}"
  code=$?

  if [ -f "$log" ] && counts=$(/usr/bin/python3 tests/count-cases.py "$log" 2>>"$failures"); then
    read -r p f s <<<"$counts"
  else
    p=0 f=0 s=0
  fi
  # Meson may see a failure that no log tells, or die of one.
  if [ $code -ne 0 ] && [ "$f" -eq 0 ]; then
    complain "meson test in $folder ended with code $code."
    f=1
  fi
  echo "== $folder: $p passed, $f failed, $s skipped"
  passed=$((passed + p))
  failed=$((failed + f))
  skipped=$((skipped + s))
}

# try NAME COMMAND...: runs a script that writes TAP, and adds up its cases
try() {
  local name=$1 log=$home/tap code p f s
  shift
  echo "== $name"
  "$@" | tee "$log"
  code=${PIPESTATUS[0]}
  s=$(grep -c -e '^1\.\.0 # SKIP' -e '^skipped: ' "$log")
  p=$(grep -c '^ok ' "$log")
  f=$(grep -c -e '^not ok ' -e '^Bail out!' "$log")
  grep -e '^not ok ' -e '^Bail out!' "$log" >>"$failures"
  if [ "$code" -ne 0 ] && [ $((s + f)) -eq 0 ]; then
    complain "$1 ended with code $code."
    f=1
  fi
  echo "== $name: $p passed, $f failed, $s skipped"
  passed=$((passed + p))
  failed=$((failed + f))
  skipped=$((skipped + s))
}

quick=no
flatpak=no
root=
yes=()
groups=(--test)
names=()
while [ $# -gt 0 ]; do
  case $1 in
    --quick) quick=yes ;;
    --flatpak) flatpak=yes; groups+=(--flatpak) ;;
    --packages|--elsewhere) root=${1#--}; groups=(--root) ;;
    --yes) yes=(--yes) ;;
    --help) usage; exit 0 ;;
    -*) usage >&2; exit 2 ;;
    *) names+=("$1") ;;
  esac
  shift
done
[ "${CI:-}" = true ] && yes=(--yes)

# What tests write is synced to the disk again and again, which costs them half their time; a file
# system in memory, where there is one with room, needs no disk.
room=$(df --output=avail --block-size=1M /dev/shm 2>/dev/null | tail -n 1)
[ "${room:-0}" -ge 2048 ] && [ -w /dev/shm ] && export TMPDIR=${TMPDIR:-/dev/shm}
home=$(mktemp -d) || exit 1
failures=$home/failures # a line each
sanitized=
trap '[ -z "$sanitized" ] || kill -- "-$sanitized" 2>/dev/null
  rm -rf --one-file-system "$home"' EXIT

for group in "${groups[@]}"; do
  if ! tests/install-packages.sh "${yes[@]}" "$group"; then
    failed=1
    finish
  fi
done

if [ -n "$root" ]; then
  try "$root" "tests/debian/$root.sh"
  finish
fi

if ! build _build -Dwerror=true; then
  complain "_build can't be built."
  failed=1
  finish
fi

build_sanitized() {
  # The tests of the window are not among those that run there.
  build _build-asan -Dwerror=true -Db_sanitize=address,undefined -Db_lundef=false \
    -Dbuildtype=debug -Dwindow=disabled || return 1
  # What goes wrong here does so again, and is told, when it is fuzzed.
  [ ${#names[@]} -gt 0 ] || tests/fuzz/run.sh --build >/dev/null
  return 0
}

# The tests of _build leave the processors time to build what comes after them.
if [ $quick = no ]; then
  set -m
  build_sanitized >"$home/build-asan.log" 2>&1 &
  sanitized=$!
  set +m
  renice -n 10 -g "$sanitized" >/dev/null
fi

run _build

if [ $quick = no ]; then
  wait "$sanitized"
  code=$?
  sanitized=
  cat "$home/build-asan.log"
  # Any finding ends the program. The slow unwinder sees through GLib, which has no frame
  # pointers, so that tests/lsan.supp can name what is GLib's own. Without the interception of
  # TLS the leak check of GCC 12 crashes where threads are alive at the end.
  export ASAN_OPTIONS=halt_on_error=1:detect_leaks=1:fast_unwind_on_malloc=0:malloc_context_size=16
  ASAN_OPTIONS+=:intercept_tls_get_addr=0:strict_string_checks=1
  export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
  export LSAN_OPTIONS=suppressions=$PWD/tests/lsan.supp:print_suppressions=0
  if [ $code -eq 0 ]; then
    # A page in a browser, and scripts, tell the sanitizers little and take long. What e2e does the
    # suites agent and sync do too, without its waiting, and the stand-in serves all of these. A few
    # seeds of the convergence test do.
    HELIO_SEEDS=${HELIO_SEEDS:-1-20} run _build-asan --no-suite web --no-suite project \
      --no-suite e2e --no-suite desktop --no-suite aw --timeout-multiplier 5
  else
    complain "_build-asan can't be built."
    failed=$((failed + 1))
  fi
  # A look at what a long run does: tests/fuzz/run.sh SECONDS.
  [ ${#names[@]} -gt 0 ] || try fuzz tests/fuzz/run.sh 3
fi
[ $flatpak = no ] || [ ${#names[@]} -gt 0 ] || try flatpak flatpak/try.sh "${yes[@]}"

finish
