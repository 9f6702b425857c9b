# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# For the scripts beside it: Debian systems in folders, made of the packages that this machine's own
# apt gets, and TAP.

# What is mounted in a root is mounted for one command alone, and gone when that is dead: removing a
# root removes nothing else.
ALONE=(unshare --mount --pid --fork --kill-child)
MOUNT='mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" && mount -t tmpfs tmpfs "$1/run" &&
  mount -t tmpfs tmpfs "$1/tmp" || exit 125'

# Where the roots are, until the end, whichever it is: Ctrl-C, too.
begin_roots () {
  [ "$(id -u)" -eq 0 ] || bail 'Only root can make a Debian system in a folder.'
  command -v mmdebstrap >/dev/null || bail 'mmdebstrap is missing: apt-get install mmdebstrap'
  site=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | grep -m1 '/debian$')
  [ -n "$site" ] || bail 'apt knows no servers of Debian packages: apt-get update'
  roots=$(mktemp -d /var/tmp/heliograph-roots-XXXXXX) || exit 1
  job=
  trap end_roots EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
}

# Nothing may write into a root, or have something mounted there, while it is removed: all that runs
# in it holds the lock.
end_roots () {
  trap '' INT TERM HUP
  if [ -n "$job" ]; then
    kill -KILL -- "-$job"
    wait "$job"
  fi 2>/dev/null
  flock "$roots/lock" true
  rm -rf --one-file-system "$roots"
}

# run COMMAND...: in a process group of its own, which a signal ends with all that it began
run () {
  set -m
  { flock --shared 9; "$@"; } </dev/null 9>"$roots/lock" &
  job=$!
  set +m
  wait "$job"
  local code=$?
  job=
  return $code
}

# make_root NAME SUITE PACKAGE...: nothing in it needs to outlive a loss of power
make_root () {
  local name=$1 suite=$2
  shift 2
  "${ALONE[@]}" --mount-proc mmdebstrap --mode=root --variant=apt --skip=cleanup/apt/lists \
    --aptopt='Acquire::Languages "none"' --aptopt='Acquire::Check-Valid-Until "false"' \
    --aptopt='APT::Install-Recommends "false"' --aptopt='DPkg::Use-Pty "false"' \
    --dpkgopt=force-unsafe-io \
    --include="ca-certificates $*" "$suite" "$roots/$name" "deb $site $suite main" \
    >"$roots/$name.log" 2>&1 && return
  tail -n 5 "$roots/$name.log" >&2
  return 1
}

# in_root NAME COMMAND...
in_root () {
  local name=$1
  shift
  "${ALONE[@]}" bash -c "$MOUNT"'
    root=$1
    shift
    exec chroot "$root" env -i PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
      DEBIAN_FRONTEND=noninteractive "$@"' - "$roots/$name" "$@"
}

# The same in a network of its own, where there is only this machine.
in_root_offline () {
  unshare --net bash -c "$(declare -p ALONE); $(declare -f in_root)"'
    MOUNT=$1 roots=$2
    shift 2
    ip link set lo up
    in_root "$@"' - "$MOUNT" "$roots" "$@"
}

# Puts what is committed into a root.
put_source () {
  mkdir -p "$roots/$1/src" && git archive HEAD | tar -x -C "$roots/$1/src"
}

# -- TAP

cases=0
failed=0

bail () {
  echo "Bail out! $*"
  exit 1
}

# check NAME COMMAND...: what it says is shown where it fails, and its lines with a # always
check () {
  local name=$1
  shift
  cases=$((cases + 1))
  if run "$@" >"$roots/said" 2>&1; then
    echo "ok $cases - $name"
    grep '^# ' "$roots/said" || :
  else
    failed=$((failed + 1))
    echo "not ok $cases - $name"
    tail -n 40 "$roots/said" | cut -c 1-300 | sed 's/^/# /'
  fi
}

end_cases () {
  echo "1..$cases"
  [ $failed -eq 0 ]
  exit
}
