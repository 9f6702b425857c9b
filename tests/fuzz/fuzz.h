/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* What the fuzz targets share. A target is one file fuzz-NAME.c and a folder corpus/NAME of inputs
 * to begin with; meson.build lists them. Whatever bytes come, a target must neither crash nor see
 * a promise broken that it checks with an assertion.
 *
 * The same target is built twice: run.sh links it with libFuzzer, which makes up inputs; everywhere
 * else replay.c gives it those of its corpus. */

#include <glib.h>
#include <stdint.h>
#include <string.h>

/* The names are libFuzzer's. */
int LLVMFuzzerInitialize (int *argc, char ***argv);
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
