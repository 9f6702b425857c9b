#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# usage: encode.sh ENCODER FOLDER "SIZES" SVG...
#
# Makes FOLDER/NAME-SIZE.png of each drawing, where NAME is what meson.build calls it.
set -e
encoder=$1 folder=$2 sizes=$3
shift 3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for drawing; do
  name=$(basename "$drawing" .svg)
  name=${name#io.github.heliograph.Heliograph-}
  name=${name%-symbolic}
  for size in $sizes; do
    "$encoder" "$drawing" "${size}x$size" -o "$work"
    mv "$work"/*.symbolic.png "$folder/$name-$size.png"
  done
done
