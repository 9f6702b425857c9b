/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HelioPublished:
 * @keep: the user said --keep
 * @is_deleted: the user said --delete
 *
 * What becomes of what was published when a bucket or a destination goes.
 */
typedef struct
{
  gboolean keep;
  gboolean is_deleted;
} HelioPublished;

/**
 * helio_published_choose:
 * @name: of the bucket or destination, for the question
 * @is_held: whether anything was published
 *
 * Asks only a person at a terminal who said neither, and only if there is something to lose.
 *
 * Returns: "keep" or "delete"; "keep" where nobody said more
 */
const char *
helio_published_choose (const HelioPublished *published, const char *name, gboolean is_held);

G_END_DECLS
