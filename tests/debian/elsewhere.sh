#!/bin/bash
# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Builds what is committed on other Debians than 12, with every warning an error, and runs the tests
# that need no screen. Writes TAP; takes some twenty minutes each.
#
# usage: tests/debian/elsewhere.sh [SUITE...]    trixie (13) and testing, if none is named

set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/debian/root.sh

# Those of rooms whose tests run without a screen and a browser.
SUITES=(model json source rules ledger protocol destination sync server agent cli data aw fuzz)

prepare () {
  make_root "$1" "$1" bash && put_source "$1" &&
    in_root "$1" /src/tests/install-packages.sh --yes --unit
}

build () {
  in_root "$1" sh -ec 'cd /src && meson setup _build -Dwerror=true -Dwindow=enabled -Dtray=enabled &&
    ninja -C _build'
}

# The log of each test that failed, and how many did what.
run_tests () {
  in_root_offline "$1" bash -o pipefail -ec 'cd /src && meson test -C _build --no-rebuild \
    --print-errorlogs --timeout-multiplier 5 "$@" | grep -v " OK "' - "${SUITES[@]/#/--suite=}"
}

[ $# -gt 0 ] || set -- trixie testing
begin_roots
for suite; do
  check "$suite: there is one, with the packages that are needed" prepare "$suite"
  [ $failed -eq 0 ] || end_cases
  check "$suite: it builds without a warning" build "$suite"
  check "$suite: the tests pass" run_tests "$suite"
  rm -rf --one-file-system "${roots:?}/$suite"
done
end_cases
