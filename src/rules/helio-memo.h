/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* What the rules made of data that was seen before. A history of a million events has far fewer
 * different titles, and they come again soon: most events then cost one look instead of twenty
 * regular expressions. Of bounded size; used by one thread. */

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

typedef struct _HelioMemo HelioMemo;

/**
 * HelioMemory:
 * @is_dropped: nothing leaves
 * @is_changed: something else than the data itself leaves
 * @data: that, if so
 * @rule: the number of the rule that said so, or -1
 */
typedef struct
{
  gboolean is_dropped;
  gboolean is_changed;
  const char *data;
  gsize length;
  int rule;
} HelioMemory;

HelioMemo *helio_memo_new (void);
void helio_memo_free (HelioMemo *memo);

/* What is remembered is of one set of rules and one bucket: under another key it is forgotten. */
void helio_memo_begin (HelioMemo *memo, gconstpointer rules, const char *bucket, int scope);

/* @memory: (out): valid until the next call */
gboolean helio_memo_find (HelioMemo *memo, const char *data, gsize length, HelioMemory *memory);
/* Right after it was not found. */
void helio_memo_keep (HelioMemo *memo, const char *data, gsize length, const HelioMemory *memory);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioMemo, helio_memo_free)

G_END_DECLS
