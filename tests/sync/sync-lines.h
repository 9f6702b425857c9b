/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* Events as both sides tell them, in a form of one kind, to be compared. */

#include "json/helio-json.h"
#include "sync-fixture.h"

/* @start and @duration: ms; @data: canonical */
typedef struct
{
  int64_t start;
  int64_t n;
  int64_t duration;
  char *data;
} SyncLine;

/* By start, data, duration: the order of ordinals. */
int sync_line_compare (gconstpointer a, gconstpointer b);

/* Reads the members of one event; those of truth are in ns, those of the protocol in ms. @scratch
 * is for data on its way: a new one for each event would cost more than all else. */
SyncLine sync_line_read (HelioJson *json, GByteArray *scratch);

/* "start/n duration data" of each, a line each. */
char *sync_lines_write (GArray *lines);

/* The events of ActivityWatch as they are stored, in no order. */
GArray *sync_lines_read_truth (SyncFixture *fixture, const char *bucket);
/* What the receiver holds, in its order. */
GArray *sync_lines_read_held (SyncFixture *fixture, const char *bucket);

/* Sorts them. */
void sync_lines_give_ordinals (GArray *lines);

/* Prints the first line in which two texts differ, if they do. */
void sync_lines_assert_same (const char *bucket, const char *truth, const char *held);
