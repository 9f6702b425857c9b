#!/bin/bash
# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Makes a stand-in of the GNOME runtime from Debian's packages, for machines that can't reach
# Flathub, so that the real manifest builds, installs and runs there. A runtime is a /usr tree in an
# OSTree commit, with a few lines of metadata: the tree is unpacked from .deb files, without their
# scripts, without root, and published under the names of the true one.
#
# It proves the manifest, permissions, exports, and how the program does in the sandbox. It doesn't
# prove that the true libraries suit it.

set -euo pipefail
export LC_ALL=C

usage() {
  cat <<'END'
usage: flatpak/make-runtime.sh FOLDER

Writes to FOLDER, which is new, or kept from the last time:
  repo    an OSTree repository with org.gnome.Platform and org.gnome.Sdk
  extra   the tray library, which the runtime lacks, moved to the prefix of apps
  cache   the .deb files

Exit codes: 0 it is there, 1 it can't be made, 3 the packages can't be fetched.

HELIOGRAPH_RUNTIME_SUITE is the Debian suite (forky); it should be about as old as the runtime.
HELIOGRAPH_RUNTIME_MIRROR is the server of its packages (that of this machine).
END
}

fail() {
  printf 'flatpak/make-runtime.sh: %s\n' "$@" >&2
  exit 1
}

# No fault of ours.
miss() {
  printf 'flatpak/make-runtime.sh: %s\n' "$@" >&2
  exit 3
}

case ${1-} in
  --help) usage; exit 0 ;;
  ''|-*) usage >&2; exit 2 ;;
esac
mkdir -p "$1"
out=$(cd "$1" && pwd)
# What is made anew is removed first: it must not be somebody else's.
[ -e "$out/lock" ] || [ -z "$(ls -A "$out")" ] ||
  fail "$out holds something else: name a folder that is only for this"
# Another one may be at it.
exec 9>"$out/lock"
flock 9
suite=${HELIOGRAPH_RUNTIME_SUITE:-forky}
branch=51
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
debian_arch=$(dpkg --print-architecture)
case $debian_arch in
  amd64) arch=x86_64 ;;
  arm64) arch=aarch64 ;;
  *) fail "packages of the architecture $debian_arch are not known here" ;;
esac
triplet=$arch-linux-gnu

# What the true runtime has, too. The tray library is not among it: the manifest brings it.
platform=(base-files libc6 libc-bin bash dash coreutils findutils grep sed gawk ca-certificates
  tzdata
  libgtk-4-1 libadwaita-1-0 libgtk-3-0t64 libsoup-3.0-0 glib-networking libjson-glib-1.0-0
  libsqlite3-0 libsecret-1-0 libglib2.0-bin gsettings-desktop-schemas shared-mime-info
  librsvg2-common adwaita-icon-theme hicolor-icon-theme fontconfig fonts-dejavu-core)
sdk=(gcc libc6-dev binutils meson ninja-build pkgconf python3 tar gzip xz-utils diffutils patch
  file gettext desktop-file-utils appstream appstream-compose elfutils
  libglib2.0-dev libglib2.0-dev-bin libgtk-4-dev libgtk-4-bin libgtk-3-dev gtk-update-icon-cache
  libadwaita-1-dev libsoup-3.0-dev libjson-glib-dev libsqlite3-dev libsecret-1-dev libpcre2-dev)
tray=(libayatana-appindicator3-1 libayatana-appindicator3-dev libayatana-indicator3-7
  libayatana-indicator3-dev libayatana-ido3-0.4-0 libayatana-ido3-dev libdbusmenu-glib4
  libdbusmenu-glib-dev libdbusmenu-gtk3-4 libdbusmenu-gtk3-dev)
# Drivers, which the true runtime has in an extension (GTK paints without), and what makes no sense
# in a sandbox.
unwanted='^(libllvm[0-9]+|mesa-.*|libgl1-mesa-dri|libegl-mesa0|libglx-mesa0|libgallium.*|libz3-4'
unwanted+='|systemd|systemd-.*|udev|init-.*|sysv.*|dpkg|apt|debconf|sensible-utils|ucf|adduser'
unwanted+='|passwd|login.*|gstreamer1.0-.*|.*-doc|manpages.*|libpython.*-testsuite)$'
# Big, and of no use to our build.
unused=(./usr/share/{doc,man,info,locale,help,gtk-doc,lintian,bug,gir-1.0,vulkan} ./var ./run
  ./usr/include/vulkan './usr/bin/*-lto-dump-*' './usr/lib/*/libicu*.a')

# --- packages ------------------------------------------------------------------------------------

# An apt of its own: the system's is not touched.
apt=$out/cache
work=$out/work
rm -rf "$work"
mkdir -p "$apt"/{lists/partial,archives/partial} "$work/none/partial"
: >"$work/status"
mirror=${HELIOGRAPH_RUNTIME_MIRROR:-$(apt-get indextargets --format '$(SITE)' \
  'Created-By: Packages' | grep -m1 '/debian$' || true)}
[ -n "$mirror" ] || fail 'apt on this machine knows no server of Debian packages'
[ -r "$keyring" ] || fail "$keyring is missing: install debian-archive-keyring"
user=$(id -un)
cat >"$work/apt.conf" <<END
Dir::Etc::sourcelist "$work/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::Etc::parts "/dev/null";
Dir::State::lists "$apt/lists";
Dir::State::status "$work/status";
Dir::State::extended_states "$work/extended";
Dir::Cache::archives "$apt/archives";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
Dir::Log "$work";
APT::Architecture "$debian_arch";
APT::Architectures { "$debian_arch"; };
APT::Install-Recommends "false";
APT::Sandbox::User "$user";
APT::Get::Assume-Yes "true";
Acquire::Languages "none";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
Acquire::Retries "3";
// A mirror of a testing suite may stand still; its signature counts all the same.
Acquire::Check-Valid-Until "false";
Debug::NoLocking "true";
END
echo "deb [signed-by=$keyring] $mirror $suite main" >"$work/sources.list"
export APT_CONFIG=$work/apt.conf

if ! apt-get -qq -o APT::Update::Error-Mode=any update; then
  [ -e "$out/made-of" ] ||
    miss "the list of the packages of Debian $suite could not be fetched"
  echo "The list of the packages can't be fetched: the runtime stays what it was."
  rm -rf "$work"
  exit 0
fi

# The files of all that a set depends on. An empty folder: what is there already is not printed.
closure() {
  apt-get -qq -o Dir::Cache::archives="$work/none" --print-uris install "$@" |
    awk '{ print $2 }' | sort -u
}
closure "${platform[@]}" >"$work/platform.debs"
closure "${platform[@]}" "${sdk[@]}" >"$work/sdk.debs"
closure "${platform[@]}" "${sdk[@]}" "${tray[@]}" >"$work/all.debs"

# Made of the same packages by the same script: it is there.
{ sha256sum <"$0"; cat "$work/all.debs"; } >"$work/made-of"
if [ -d "$out/repo" ] && cmp -s "$work/made-of" "$out/made-of"; then
  echo "The stand-in runtime of Debian $suite is there."
  rm -rf "$work"
  exit 0
fi
rm -f "$out/made-of"

apt-get -qq --download-only install "${platform[@]}" "${sdk[@]}" "${tray[@]}" >/dev/null ||
  miss "packages of Debian $suite could not be fetched"
(cd "$apt/archives" && find . -maxdepth 1 -name '*.deb' -printf '%f\n' | sort |
  comm -23 - "$work/all.debs" | xargs -r rm -f)
echo "$(wc -l <"$work/all.debs") packages of Debian $suite"

# --- trees ---------------------------------------------------------------------------------------

# unpack LIST TREE
unpack() {
  local file
  mkdir -p "$2"
  while read -r file; do
    [[ ${file%%_*} =~ $unwanted ]] || echo "$file"
  done <"$1" | (cd "$apt/archives" && xargs -P "$(nproc)" -I{} sh -c '
    file=$1 tree=$2
    shift 2
    dpkg-deb --fsys-tarfile "$file" |
      tar -x -C "$tree" --no-same-owner --keep-directory-symlink "$@"' _ {} "$2" \
    "${unused[@]/#/--exclude=}")
}

# base-files first: it brings the links from /bin to usr/bin.
grep '^base-files_' "$work/platform.debs" >"$work/first.debs"
unpack "$work/first.debs" "$work/platform"
unpack "$work/platform.debs" "$work/platform"
cp -al "$work/platform" "$work/sdk"
comm -13 "$work/platform.debs" "$work/sdk.debs" >"$work/sdk-extra.debs"
unpack "$work/sdk-extra.debs" "$work/sdk"

# within TREE COMMAND...: runs a program of the tree in it
within() {
  local tree=$1
  shift
  bwrap --bind "$tree/usr" /usr --bind "$tree/etc" /etc --symlink usr/bin /bin \
    --symlink usr/sbin /sbin --symlink usr/lib /lib --symlink usr/lib64 /lib64 --proc /proc \
    --dev /dev --tmpfs /tmp --tmpfs /var --unshare-all --setenv PATH /usr/bin:/usr/sbin \
    --setenv HOME /tmp "$@"
}

# What the packages' scripts would have done.
finish() {
  local tree=$1 program
  # Files that are written anew must not be those of the other tree.
  rm -f "$tree"/etc/ld.so.{conf,cache} "$tree/usr/share/glib-2.0/schemas/gschemas.compiled" \
    "$tree/usr/lib/$triplet/gio/modules/giomodule.cache" "$tree/usr/share/mime/mime.cache" \
    "$tree/usr/lib/$triplet/gdk-pixbuf-2.0/2.10.0/loaders.cache"
  mkdir -p "$tree/etc/ssl/certs" "$tree/etc/fonts/conf.d"
  # The app's libraries come first.
  printf '%s\n' 'include /run/flatpak/ld.so.conf.d/app-*.conf' /app/lib "/usr/lib/$triplet" \
    /usr/lib 'include /run/flatpak/ld.so.conf.d/runtime-*.conf' >"$tree/etc/ld.so.conf"
  within "$tree" ldconfig
  for program in awk:gawk cc:gcc c99:gcc pkg-config:pkgconf; do
    [ -e "$tree/usr/bin/${program%:*}" ] || [ ! -e "$tree/usr/bin/${program#*:}" ] ||
      ln -s "${program#*:}" "$tree/usr/bin/${program%:*}"
  done
  # flatpak calls it by its name, and sbin is not in its path.
  [ -e "$tree/usr/bin/ldconfig" ] || ln -s ../sbin/ldconfig "$tree/usr/bin/ldconfig"
  rm -f "$tree/etc/ssl/certs/ca-certificates.crt"
  find "$tree/usr/share/ca-certificates" -name '*.crt' -print0 | sort -z |
    xargs -0 cat >"$tree/etc/ssl/certs/ca-certificates.crt"
  within "$tree" glib-compile-schemas /usr/share/glib-2.0/schemas
  within "$tree" "/usr/lib/$triplet/glib-2.0/gio-querymodules" "/usr/lib/$triplet/gio/modules"
  within "$tree" update-mime-database /usr/share/mime >/dev/null 2>&1
  if [ -x "$tree/usr/lib/$triplet/gdk-pixbuf-2.0/gdk-pixbuf-query-loaders" ]; then
    within "$tree" "/usr/lib/$triplet/gdk-pixbuf-2.0/gdk-pixbuf-query-loaders" --update-cache
  fi
  cat >"$tree/etc/fonts/conf.d/05-flatpak-host.conf" <<'END'
<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><include ignore_missing="yes">/run/host/font-dirs.xml</include></fontconfig>
END
  # flatpak brings these itself, or a sandbox has no use for them.
  rm -rf "$tree"/etc/{passwd,group,shadow,hosts,resolv.conf,localtime,machine-id,init.d,cron*} \
    "$tree"/etc/{default,pam.d,systemd,apt,dpkg,motd,issue*,rc*.d,skel}
}
finish "$work/platform"
finish "$work/sdk"

# Old flatpak-builders call a program of the same task that no longer exists.
cat >"$work/sdk/usr/bin/appstream-compose" <<'END'
#!/bin/sh
prefix=/app name=flatpak ids=
for word; do
  case $word in
    --prefix=*) prefix=${word#*=} ;;
    --basename=*) name=${word#*=} ;;
    --*) ;;
    *)
      ids=${ids:+$ids,}$word
      # It was moved to where the old program looked.
      if [ -e "$prefix/share/appdata/$word.appdata.xml" ]; then
        mkdir -p "$prefix/share/metainfo"
        cp "$prefix/share/appdata/$word.appdata.xml" "$prefix/share/metainfo/$word.metainfo.xml"
      fi
      ;;
  esac
done
exec appstreamcli compose --no-net --prefix=/ --origin="$name" --result-root="$prefix" \
  --data-dir="$prefix/share/app-info/xmls" --icons-dir="$prefix/share/app-info/icons/flatpak" \
  --components="$ids" "$prefix"
END
chmod 755 "$work/sdk/usr/bin/appstream-compose"

# No library may lack another one.
lacking=$(within "$work/platform" sh -c "cd /usr/lib/$triplet && for file in libgtk-4.so.1 \
  libadwaita-1.so.0 libgtk-3.so.0 libsoup-3.0.so.0 libjson-glib-1.0.so.0 libsecret-1.so.0 \
  libsqlite3.so.0 gio/modules/*.so; do LD_BIND_NOW=1 /usr/lib64/ld-linux-*.so.* --list \$file 2>&1 |
  grep -E 'not found|undefined|cannot open' | sed \"s|^|\$file: |\"; done" || true)
[ -z "$lacking" ] || fail 'the runtime lacks libraries:' "$lacking"

# --- the tray library ----------------------------------------------------------------------------

rm -rf "$out/extra"
mkdir -p "$out/extra/lib" "$work/tray"
for name in "${tray[@]}"; do
  for file in "$apt/archives/$name"_*.deb; do
    dpkg-deb -x "$file" "$work/tray"
  done
done
cp -a "$work/tray/usr/include" "$out/extra/"
cp -a "$work/tray/usr/lib/$triplet/." "$out/extra/lib/"
for file in "$work"/tray/usr/share/doc/*/copyright; do
  name=$(basename "$(dirname "$file")")
  case $name in *-dev) ;; *) install -Dm644 "$file" "$out/extra/licenses/$name/copyright" ;; esac
done
find "$out/extra/lib" -name '*.pc' \
  -exec sed -i "s|/usr/lib/$triplet|/app/lib|g; s|/usr|/app|g" {} +

# --- repository ----------------------------------------------------------------------------------

rm -rf "$out/repo"
# The mode of what flatpak installs for a user: files are linked, neither packed nor copied.
ostree --repo="$out/repo" init --mode=bare-user-only

# publish TREE ID
publish() {
  local tree=$1 id=$2 folder=$work/runtime-$2
  mkdir -p "$folder/files"
  cp -al "$tree/usr/." "$folder/files/"
  rm -rf "$folder/files/etc"
  cp -al "$tree/etc" "$folder/files/etc"
  cat >"$folder/metadata" <<END
[Runtime]
name=$id
runtime=org.gnome.Platform/$arch/$branch
sdk=org.gnome.Sdk/$arch/$branch

[Environment]
GI_TYPELIB_PATH=/app/lib/girepository-1.0
GSETTINGS_BACKEND=keyfile
XDG_DATA_DIRS=/app/share:/usr/share:/usr/share/runtime/share:/run/host/user-share:/run/host/share
SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
END
  ostree --repo="$out/repo" commit --tree=dir="$folder" --branch="runtime/$id/$arch/$branch" \
    --canonical-permissions --no-xattrs --link-checkout-speedup \
    --subject "Debian $suite in the place of $id" \
    --add-metadata-string="xa.metadata=$(cat "$folder/metadata")
" >/dev/null
}
publish "$work/platform" org.gnome.Platform
publish "$work/sdk" org.gnome.Sdk
flatpak build-update-repo --no-update-appstream "$out/repo" >/dev/null
mv "$work/made-of" "$out/made-of"
rm -rf "$work"
