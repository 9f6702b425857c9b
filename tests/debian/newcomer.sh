#!/bin/bash
# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Does what README.md says, word by word, as a user of a fresh Debian 12 with a checkout of what is
# committed. Writes TAP; takes some twenty minutes.
#
# usage: tests/debian/newcomer.sh

set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/debian/root.sh

# get_block TEXT: the commands of README.md's first block that has it
get_block () {
  awk -v text="$1" '
    /^```/ && inside { inside = 0; if (index(block, text)) { printf "%s", block; exit } next }
    /^```/ { inside = 1; block = ""; next }
    inside { block = block $0 "\n" }' README.md
}

# as_user COMMANDS: in the folder of the checkout
as_user () { "${enter:-in_root}" newcomer runuser -u me -- env HOME=/home/me bash -ec "cd ~/heliograph
$1"; }

prepare () {
  make_root newcomer bookworm sudo adduser curl && in_root newcomer sh -ec '
    adduser --quiet --disabled-password --gecos "" me
    echo "me ALL=(ALL) NOPASSWD: ALL" >/etc/sudoers.d/me
    echo "APT::Get::Assume-Yes \"true\";" >/etc/apt/apt.conf.d/yes' &&
    mkdir "$roots/newcomer/home/me/heliograph" &&
    git archive HEAD | tar -x -C "$roots/newcomer/home/me/heliograph" &&
    in_root newcomer chown -R me:me /home/me
}

# "See it at work", without staying there.
try_it () { as_user './try.sh --yes --once'; }

install_packages () { as_user "$(get_block dpkg-buildpackage)"; }

install_source () {
  # Packages leave what is in the person's home.
  as_user 'sudo apt purge heliograph heliograph-server; rm -r ~/.local ~/.config' &&
    as_user "$(get_block libayatana-appindicator3-dev)" && as_user "$(get_block 'meson install')"
}

# The quick start, with the addresses of this machine.
begin () {
  local enter=in_root_offline
  as_user "
    $(get_block 'heliograph-server &')
    _build-try/tests/aw/heliograph-test-aw --listen 127.0.0.1:5600 --hostname laptop --years 0 --generate 200 --live >aw.log &
    until grep -q '^listening' aw.log; do read -rt 0.1 <> <(:) || :; done
    cat >steps <<'STEPS'
set -e
$(get_block 'destination level home app' | sed 's|https://status.example.org|http://127.0.0.1:5680|
  s|--token-file token|--token-file token --keep-token-file|')
heliographctl sync
heliographctl option list
$(get_block 'rules preset private-windows' | grep -v 'import')
heliographctl quit
STEPS
    dbus-run-session -- bash -e steps
    kill %1 %2; wait"
}

begin_roots
check 'a fresh Debian 12, with a checkout' prepare
[ $failed -eq 0 ] || end_cases
check './try.sh shows it at work' try_it
check 'the Debian packages can be made and installed' install_packages
check 'the quick start works with them' begin
check 'it can be installed from source' install_source
check 'the quick start works with it' begin
end_cases
