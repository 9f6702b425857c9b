/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-preview-row.h"

#include <glib/gi18n.h>

#include "model/helio-dict.h"
#include "model/helio-text.h"
#include "window/helio-columns.h"
#include "window/helio-event-fields.h"
#include "model/helio-rule-words.h"

struct _HelioPreviewRow
{
  AdwPreferencesRow parent_instance;

  /* template widgets */
  GtkLabel *before;
  GtkLabel *after;
};

G_DEFINE_FINAL_TYPE (HelioPreviewRow, helio_preview_row, ADW_TYPE_PREFERENCES_ROW)

static void
helio_preview_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), HELIO_TYPE_PREVIEW_ROW);
  G_OBJECT_CLASS (helio_preview_row_parent_class)->dispose (object);
}

static void
helio_preview_row_class_init (HelioPreviewRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = helio_preview_row_dispose;

  g_type_ensure (HELIO_TYPE_COLUMNS);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/heliograph/Heliograph/helio-preview-row.ui");
  gtk_widget_class_bind_template_child (widget_class, HelioPreviewRow, before);
  gtk_widget_class_bind_template_child (widget_class, HelioPreviewRow, after);
}

static void
helio_preview_row_init (HelioPreviewRow *row)
{
  gtk_widget_init_template (GTK_WIDGET (row));
}

HelioPreviewRow *
helio_preview_row_new (void)
{
  return g_object_new (HELIO_TYPE_PREVIEW_ROW, NULL);
}

static char *
make_time (GVariant *event, int64_t now)
{
  int64_t duration = helio_dict_get_number (event, "duration");
  g_autofree char *start = helio_text_time (helio_dict_get_number (event, "start"), now);
  g_autofree char *span = helio_text_span (duration);

  return duration > 0 ? g_strdup_printf ("%s · %s", start, span) : g_steal_pointer (&start);
}

/* The agent calls a rule without a name by its id. */
static char *
name_rule (const char *name, GPtrArray *rules)
{
  guint index;

  if (rules != NULL && *name != '\0' && helio_rules_json_find (rules, name, &index))
    return helio_rule_get_title (rules->pdata[index]);
  return helio_text_clean (name);
}

/* What is said above the right side, in one line. */
static char *
make_verdict (GVariant *event, GPtrArray *rules, gboolean is_changed)
{
  g_autofree char *rule = name_rule (helio_dict_get_text (event, "rule"), rules);

  if (!helio_dict_get_flag (event, "leaves"))
    return *rule != '\0'
               /* Translators: %s is the name of a privacy rule */
               ? g_strdup_printf (_ ("Not published: “%s”"), rule)
               : g_strdup (_ ("Not published: a pause, the first day or a broken rule"));
  if (is_changed && *rule != '\0')
    /* Translators: %s is the name of a privacy rule */
    return g_strdup_printf (_ ("Published, changed: “%s”"), rule);
  return g_strdup (is_changed ? _ ("Published, changed") : _ ("Published as it is"));
}

/* One label for a side: many rows are shown, and each widget costs. */
static void
show_side (GtkLabel *label, const char *head, const char *fields)
{
  g_autofree char *clean = g_markup_escape_text (head, -1);
  g_autofree char *markup = g_strdup_printf ("<span size=\"smaller\" alpha=\"60%%\">%s</span>%s%s",
                                             clean, *fields != '\0' ? "\n" : "", fields);

  gtk_label_set_markup (label, markup);
}

void
helio_preview_row_show (HelioPreviewRow *row, GVariant *event, GPtrArray *rules, int64_t now)
{
  g_return_if_fail (HELIO_IS_PREVIEW_ROW (row));

  const char *data = helio_dict_get_text (event, "data");
  gboolean leaves = helio_dict_get_flag (event, "leaves");
  const char *published = leaves ? helio_dict_get_text (event, "published") : NULL;
  g_autofree char *time = make_time (event, now);
  g_autofree char *verdict = make_verdict (event, rules, g_strcmp0 (data, published) != 0);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autofree char *words = NULL;
  g_autofree char *original = helio_event_fields_describe (data);

  helio_event_fields_compare (data, published, &before, &after, &words);
  show_side (row->before, time, before);
  show_side (row->after, verdict, after);

  /* What is struck out is only seen: who listens is told it with the row. */
  g_autofree char *told = g_strdup_printf ("%s%s%s", verdict, *words != '\0' ? ": " : "", words);
  g_autofree char *title = g_strdup_printf ("%s, %s", time, original);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, told, -1);
}
