#!/bin/bash
# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Builds the Flatpak of this checkout, installs it in a private folder, and sees whether it works in
# its sandbox: with a stand-in of the GNOME runtime (make-runtime.sh), on a display, a bus and
# portals of its own.

set -u

usage() {
  cat <<'END'
usage: flatpak/try.sh [--yes] [--keep FOLDER]

Builds, installs and runs the Flatpak in a private folder, and writes TAP. The last line is
"N passed, N failed", or "skipped: ..." where the packages can't be fetched.

  --yes          install missing packages without asking
  --keep FOLDER  leave what was built and seen in FOLDER/heliograph-flatpak, with a picture of the
                 window

The stand-in runtime is kept in ~/.cache/heliograph/flatpak; HELIOGRAPH_CACHE is another folder than
~/.cache.
END
}

yes=()
keep=
while [ $# -gt 0 ]; do
  case $1 in
    --yes) yes=(--yes) ;;
    --keep) [ $# -gt 1 ] || { usage >&2; exit 2; }; keep=$2; shift ;;
    --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done
[ "${CI:-}" = true ] && yes=(--yes)
# What is made anew is removed first, so it is in a folder that is nobody else's.
[ -z "$keep" ] ||
  { mkdir -p "$keep/heliograph-flatpak" && keep=$(cd "$keep/heliograph-flatpak" && pwd); } || exit 1
cd "$(dirname "$0")/.." || exit 1

app=io.github.heliograph.Heliograph
dir=
begun=$SECONDS

fail() {
  printf '%s\n' "$@" >&2
  echo '0 passed, 1 failed'
  exit 1
}

step() { printf '== %s (%d s)\n' "$1" $((SECONDS - begun)); }

clean() { [ -z "$dir" ] || rm -rf --one-file-system "$dir"; }
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

tests/install-packages.sh "${yes[@]}" --flatpak || fail 'The packages that are needed are missing.'

# A sandbox is made of user namespaces.
bwrap --ro-bind / / --unshare-user --unshare-pid true 2>/dev/null || fail \
  'This machine lets nobody make user namespaces, so no sandbox can run here.' \
  "Allow them: sysctl kernel.unprivileged_userns_clone=1 user.max_user_namespaces=10000" \
  'and, where AppArmor forbids them: sysctl kernel.apparmor_restrict_unprivileged_userns=0'

step 'The runtime'
cache=${HELIOGRAPH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}}/heliograph/flatpak
flatpak/make-runtime.sh "$cache"
case $? in
  0) ;;
  3) echo "skipped: the packages of the runtime can't be fetched"; exit 0 ;;
  *) fail 'The stand-in runtime could not be made.' ;;
esac

step 'What runs outside of the sandbox'
if [ ! -f _build/build.ninja ]; then
  meson setup _build -Dwerror=true >/dev/null || fail "_build can't be set up."
fi
ninja -C _build --quiet src/server/heliograph-server tests/aw/heliograph-test-aw ||
  fail "The receiver and the stand-in ActivityWatch can't be built."

# Beside the runtime, whose files are then linked and not copied.
if [ -z "$keep" ]; then
  dir=$(mktemp -d "$cache/try-XXXXXX") || exit 1
fi
root=${keep:-$dir}
mkdir -p "$root/home"
export HOME=$root/home FLATPAK_USER_DIR=$root/flatpak
export XDG_CACHE_HOME=$HOME/.cache XDG_CONFIG_HOME=$HOME/.config XDG_DATA_HOME=$HOME/.local/share

step 'The package'
# The checkout, with one file of it exchanged: upstream's sources are not among Debian's packages,
# but what Debian made of them is.
rm -rf --one-file-system "$root/source"
mkdir "$root/source"
git ls-files -z --cached --others --exclude-standard |
  tar -c --null --files-from=- --ignore-failed-read 2>/dev/null | tar -x -C "$root/source"
cat >"$root/source/flatpak/libayatana-appindicator.yml" <<END
name: libayatana-appindicator
buildsystem: simple
build-commands:
  - cp -a include lib \${FLATPAK_DEST}/
  - install -d \${FLATPAK_DEST}/share/licenses/\${FLATPAK_ID}
  - cp -a licenses/. \${FLATPAK_DEST}/share/licenses/\${FLATPAK_ID}/
sources:
  - type: dir
    path: $cache/extra
END

# flatpak wants to speak to a helper on a system bus, which it then does without.
with_bus() {
  # shellcheck disable=SC2016
  dbus-run-session -- sh -c 'DBUS_SYSTEM_BUS_ADDRESS=$DBUS_SESSION_BUS_ADDRESS exec "$@"' _ "$@"
}
log=$root/build.log
{
  flatpak --user remote-add --if-not-exists --no-gpg-verify runtime "$cache/repo" &&
    with_bus flatpak --user install -y --noninteractive runtime org.gnome.Platform//51 \
      org.gnome.Sdk//51 &&
    cd "$root" &&
    with_bus flatpak-builder --user --disable-rofiles-fuse --disable-download --force-clean \
      --state-dir="$root/state" --repo="$root/repo" "$root/build" \
      "$root/source/flatpak/$app.yml" &&
    flatpak --user remote-add --if-not-exists --no-gpg-verify app "$root/repo" &&
    with_bus flatpak --user install -y --noninteractive app "$app"
} >"$log" 2>&1 || { tail -n 40 "$log" >&2; fail "The Flatpak can't be built or installed."; }
cd "$OLDPWD" || exit 1

step 'In the sandbox'
# The names of sockets must be short.
TMPDIR=/tmp HELIOGRAPH_BUILD=$PWD/_build HELIOGRAPH_PICTURES=$keep \
  /usr/bin/python3 -B tests/flatpak/test-sandbox.py | tee "$root/tap"
code=${PIPESTATUS[0]}
passed=$(grep -c '^ok ' "$root/tap")
failed=$(grep -c '^not ok ' "$root/tap")
[ "$code" -eq 0 ] || [ "$failed" -gt 0 ] || failed=1
[ "$passed" -gt 0 ] || failed=$((failed > 0 ? failed : 1))
step 'Done'
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
