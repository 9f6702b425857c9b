#!/bin/bash
# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Builds the fuzz targets with libFuzzer and the sanitizers, and runs them.

set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 1
cd "$here/../.." || exit 1
build=_build-fuzz

usage() {
  cat <<'END'
usage: tests/fuzz/run.sh [--build] [--keep FOLDER] [SECONDS [TARGET...]]

Runs every TARGET (default: all) for SECONDS (default: 60), each beginning with its corpus, and
writes TAP. Needs clang and its libFuzzer (Debian: clang, libclang-rt-14-dev); without them it ends
with code 77. What breaks a target is written to _build-fuzz/found; run that input again with
_build-fuzz/tests/fuzz/fuzz-TARGET FILE.

  --build        only build
  --keep FOLDER  begin with FOLDER/TARGET too, and keep new inputs there: a long run goes on where
                 the last one ended
END
}

only_build=no
keep=
seconds=60
while [ $# -gt 0 ]; do
  case $1 in
    --build) only_build=yes ;;
    --keep) keep=${2:?} ; shift ;;
    --help) usage; exit 0 ;;
    -*) usage >&2; exit 2 ;;
    *) seconds=$1; shift; break ;;
  esac
  shift
done
case $seconds in
  *[!0-9]*|'') usage >&2; exit 2 ;;
esac
targets=("$@")
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(cd tests/fuzz/corpus && printf '%s\n' *)

# In memory where there is one for it: a target may write files, and wait for the disk.
scratch=$(mktemp -d -p "$([ -w /dev/shm ] && echo /dev/shm || echo "${TMPDIR:-/tmp}")") || exit 1
trap 'rm -rf "$scratch"' EXIT

# Says by itself what it lacks.
has_fuzzer() {
  echo 'int LLVMFuzzerTestOneInput (const char *d, unsigned long n) { return d == 0 && n; }' \
    >"$scratch/probe.c"
  command -v clang >/dev/null &&
    clang -fsanitize=fuzzer,address,undefined "$scratch/probe.c" -o "$scratch/probe" 2>/dev/null
}

if ! has_fuzzer; then
  echo "1..0 # SKIP clang with libFuzzer is not installed"
  exit 77
fi

build() {
  if [ ! -f $build/build.ninja ]; then
    CC=clang meson setup $build -Dbuildtype=debugoptimized -Dwindow=disabled -Dtray=disabled \
      -Db_lundef=false "-Dc_args=['-fsanitize=fuzzer-no-link', '-fsanitize=address,undefined',
      '-fno-sanitize-recover=all', '-fno-omit-frame-pointer']" \
      -Dc_link_args=-fsanitize=address,undefined || return 1
  fi
  ninja -C $build fuzzers
}
if ! build >"$scratch/log" 2>&1; then
  sed 's/^/# /' "$scratch/log"
  echo "Bail out! The fuzz targets can't be built"
  exit 1
fi
[ $only_build = no ] || exit 0

export ASAN_OPTIONS=halt_on_error=1:detect_leaks=1:strict_string_checks=1
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
export LSAN_OPTIONS=suppressions=$PWD/tests/lsan.supp:print_suppressions=0
export LC_ALL=C.UTF-8 TZ=UTC G_SLICE=always-malloc TMPDIR=$scratch
mkdir -p $build/found

# fuzz NUMBER TARGET
fuzz() {
  local number=$1 target=$2 log=$scratch/$2.log new=${keep:-$scratch/new}/$2
  mkdir -p "$new"
  if $build/tests/fuzz/fuzz-"$target" -seed=1 -max_total_time="$seconds" -timeout=20 \
    -rss_limit_mb=1024 -print_final_stats=1 -artifact_prefix="$build/found/$target-" \
    "$new" "tests/fuzz/corpus/$target" >"$log" 2>&1; then
    printf '# %s\nok %d /fuzz/%s/stands-what-is-made-up\n' \
      "$(grep -E '^stat::number_of_executed_units' "$log" | tr -s ' ')" "$number" "$target"
  else
    touch "$scratch/failed"
    printf '%s\nnot ok %d /fuzz/%s/stands-what-is-made-up\n' \
      "$(sed 's/^/# /' "$log")" "$number" "$target"
  fi
}

# As many at a time as there are processors.
number=0
echo "1..${#targets[@]}"
for target in "${targets[@]}"; do
  [ "$number" -lt "$(nproc)" ] || wait -n
  number=$((number + 1))
  fuzz "$number" "$target" &
done
wait
[ ! -e "$scratch/failed" ]
