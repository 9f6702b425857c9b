#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# usage: encode-icon.sh ENCODER SVG SIZE PNG
#
# The encoder names its file itself.
set -e
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$1" "$2" "$3x$3" -o "$folder"
mv "$folder"/*.symbolic.png "$4"
