/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * helio_rows_keep:
 * @rows: id -> GtkWidget in @parent
 * @ids: the set of those that stay
 * @remove: takes a row out of @parent
 */
void helio_rows_keep (GHashTable *rows,
                      GHashTable *ids,
                      void (*remove) (gpointer parent, GtkWidget *row),
                      gpointer parent);

/* The same with the ids of @dicts, of type aa{sv} or NULL. */
void helio_rows_keep_listed (GHashTable *rows,
                             GVariant *dicts,
                             void (*remove) (gpointer parent, GtkWidget *row),
                             gpointer parent);

G_END_DECLS
