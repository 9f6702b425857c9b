/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-progress-row.h"

#include <glib/gi18n.h>

#include "model/helio-dict.h"
#include "model/helio-text.h"
#include "window/helio-history-progress.h"
#include "window/helio-label.h"

/* How much a new rate counts: the time left should not jump about. */
#define NEWEST 0.3

struct _HelioProgressRow
{
  AdwPreferencesRow parent_instance;

  /* values */
  double rate; /* smoothed events per second */

  /* template widgets */
  GtkLabel *name;
  GtkLabel *text;
  GtkProgressBar *bar;
  GtkLabel *detail;
};

G_DEFINE_FINAL_TYPE (HelioProgressRow, helio_progress_row, ADW_TYPE_PREFERENCES_ROW)

/* Why nothing can move, or NULL. */
static const char *
find_obstacle (const char *state, gboolean is_source_well)
{
  if (g_str_equal (state, "waiting") || g_str_equal (state, "connecting"))
    return _ ("waits for the server");
  if (g_str_equal (state, "stopped"))
    return _ ("stopped");
  return is_source_well ? NULL : _ ("waits for ActivityWatch");
}

/* Why nothing moves though it could, or NULL. */
static const char *
find_reason (const HelioHistoryProgress *sum, const char *state)
{
  if (sum->is_asking)
    return _ ("waits for your answer");
  if (sum->is_done)
    return NULL;
  if (g_str_equal (state, "paused"))
    return _ ("paused");
  return helio_history_progress_is_checking (sum) ? _ ("looking at the latest ones") : NULL;
}

static void
smooth_rate (HelioProgressRow *row, const HelioHistoryProgress *sum, gboolean is_halted)
{
  if (sum->is_done || is_halted)
    row->rate = 0;
  else if (row->rate <= 0)
    row->rate = sum->rate;
  else
    row->rate = NEWEST * sum->rate + (1 - NEWEST) * row->rate;
}

/* -- class -------------------------------------------------------------------------------- */

static void
helio_progress_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), HELIO_TYPE_PROGRESS_ROW);
  G_OBJECT_CLASS (helio_progress_row_parent_class)->dispose (object);
}

static void
helio_progress_row_class_init (HelioProgressRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = helio_progress_row_dispose;

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/heliograph/Heliograph/helio-progress-row.ui");
  gtk_widget_class_bind_template_child (widget_class, HelioProgressRow, name);
  gtk_widget_class_bind_template_child (widget_class, HelioProgressRow, text);
  gtk_widget_class_bind_template_child (widget_class, HelioProgressRow, bar);
  gtk_widget_class_bind_template_child (widget_class, HelioProgressRow, detail);
}

static void
helio_progress_row_init (HelioProgressRow *row)
{
  gtk_widget_init_template (GTK_WIDGET (row));
}

HelioProgressRow *
helio_progress_row_new (void)
{
  return g_object_new (HELIO_TYPE_PROGRESS_ROW, NULL);
}

void
helio_progress_row_show (HelioProgressRow *row,
                         GVariant *destination,
                         GVariant *progress,
                         gboolean is_source_well,
                         gboolean names_it)
{
  g_autofree char *name = helio_text_clean (helio_dict_get_text (destination, "name"));
  HelioHistoryProgress sum;

  g_return_if_fail (HELIO_IS_PROGRESS_ROW (row));

  helio_history_progress_sum (progress, helio_dict_get_text (destination, "id"), &sum);
  const char *state = helio_dict_get_text (destination, "state");
  const char *reason = find_obstacle (state, is_source_well);
  /* There may be more by now: that all is published is not known. */
  if (reason != NULL)
    sum.is_done = FALSE;
  else
    reason = find_reason (&sum, state);
  smooth_rate (row, &sum, reason != NULL);
  g_autofree char *text = helio_history_progress_get_text (&sum);
  g_autofree char *progress_detail = helio_history_progress_get_detail (&sum, row->rate);
  g_autofree char *detail = reason == NULL ? g_strdup (progress_detail)
                                           : g_strjoin (*progress_detail != '\0' ? " · " : "",
                                                        progress_detail, reason, NULL);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
  gtk_label_set_label (row->name, name);
  gtk_widget_set_visible (GTK_WIDGET (row->name), names_it);
  gtk_label_set_label (row->text, text);
  helio_label_show (row->detail, detail);
  gtk_widget_set_visible (GTK_WIDGET (row->bar),
                          !sum.is_done && !helio_history_progress_is_checking (&sum));
  gtk_progress_bar_set_fraction (row->bar, helio_history_progress_get_fraction (&sum));
}
