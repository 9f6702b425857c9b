/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-level-row.h"

struct _HelioLevelRow
{
  AdwComboRow parent_instance;
};

G_DEFINE_FINAL_TYPE (HelioLevelRow, helio_level_row, ADW_TYPE_COMBO_ROW)

/* In the order of the template. */
static const char *const levels[] = { "nothing", "state", "app", "title" };

static void
helio_level_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), HELIO_TYPE_LEVEL_ROW);
  G_OBJECT_CLASS (helio_level_row_parent_class)->dispose (object);
}

static void
helio_level_row_class_init (HelioLevelRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = helio_level_row_dispose;

  gtk_widget_class_set_template_from_resource (
      GTK_WIDGET_CLASS (klass), "/io/github/heliograph/Heliograph/helio-level-row.ui");
}

static void
helio_level_row_init (HelioLevelRow *row)
{
  gtk_widget_init_template (GTK_WIDGET (row));
}

const char *
helio_level_row_get_level (HelioLevelRow *row)
{
  g_return_val_if_fail (HELIO_IS_LEVEL_ROW (row), levels[0]);

  return levels[MIN (adw_combo_row_get_selected (ADW_COMBO_ROW (row)), G_N_ELEMENTS (levels) - 1)];
}

void
helio_level_row_set_level (HelioLevelRow *row, const char *level)
{
  g_return_if_fail (HELIO_IS_LEVEL_ROW (row));

  for (guint i = 0; i < G_N_ELEMENTS (levels); i++)
    if (g_strcmp0 (levels[i], level) == 0)
      adw_combo_row_set_selected (ADW_COMBO_ROW (row), i);
}
