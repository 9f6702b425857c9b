/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-preset-row.h"

#include <glib/gi18n.h>

#include "model/helio-dict.h"
#include "window/helio-toast.h"

struct _HelioPresetRow
{
  AdwActionRow parent_instance;

  /* owned */
  HelioRuleBook *book;
  GCancellable *cancellable;
  char *json;

  /* template widgets */
  GtkButton *button;
};

G_DEFINE_FINAL_TYPE (HelioPresetRow, helio_preset_row, ADW_TYPE_ACTION_ROW)

static void
on_added (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioPresetRow) row = data;
  g_autoptr (GError) error = NULL;

  if (helio_rule_book_change_finish (HELIO_RULE_BOOK (source), result, &error))
    return;
  helio_toast_error (GTK_WIDGET (row), error);
  if (row->button != NULL)
    gtk_widget_set_sensitive (GTK_WIDGET (row->button), TRUE);
}

static void
on_add_clicked (HelioPresetRow *row)
{
  gtk_widget_set_sensitive (GTK_WIDGET (row->button), FALSE);
  helio_rule_book_change_async (row->book, helio_rule_change_merge (row->json), row->cancellable,
                                on_added, g_object_ref (row));
}

static void
helio_preset_row_dispose (GObject *object)
{
  HelioPresetRow *row = HELIO_PRESET_ROW (object);

  g_cancellable_cancel (row->cancellable);
  g_clear_object (&row->book);
  gtk_widget_dispose_template (GTK_WIDGET (object), HELIO_TYPE_PRESET_ROW);
  G_OBJECT_CLASS (helio_preset_row_parent_class)->dispose (object);
}

static void
helio_preset_row_finalize (GObject *object)
{
  HelioPresetRow *row = HELIO_PRESET_ROW (object);

  g_clear_object (&row->cancellable);
  g_clear_pointer (&row->json, g_free);
  G_OBJECT_CLASS (helio_preset_row_parent_class)->finalize (object);
}

static void
helio_preset_row_class_init (HelioPresetRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = helio_preset_row_dispose;
  object_class->finalize = helio_preset_row_finalize;

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/heliograph/Heliograph/helio-preset-row.ui");
  gtk_widget_class_bind_template_child (widget_class, HelioPresetRow, button);
  gtk_widget_class_bind_template_callback (widget_class, on_add_clicked);
}

static void
helio_preset_row_init (HelioPresetRow *row)
{
  row->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (row));
}

HelioPresetRow *
helio_preset_row_new (HelioRuleBook *book, GVariant *preset)
{
  g_return_val_if_fail (HELIO_IS_RULE_BOOK (book), NULL);

  HelioPresetRow *row = g_object_new (HELIO_TYPE_PRESET_ROW, NULL);
  const char *name = helio_dict_get_text (preset, "name");

  row->book = g_object_ref (book);
  row->json = g_strdup (helio_dict_get_text (preset, "rules"));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), helio_dict_get_text (preset, "summary"));
  return row;
}

void
helio_preset_row_update (HelioPresetRow *row, GPtrArray *rules)
{
  g_return_if_fail (HELIO_IS_PRESET_ROW (row));

  g_autoptr (GPtrArray) own = helio_rules_json_parse (row->json);
  const char *name = adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row));
  gboolean is_there = rules != NULL && own != NULL;
  g_autofree char *told = NULL;
  guint index;

  for (guint i = 0; is_there && i < own->len; i++)
    is_there = helio_rules_json_find (rules, helio_rule_json_get (own->pdata[i], "id"), &index);
  gtk_button_set_label (row->button, is_there ? _ ("Added") : _ ("Add"));
  gtk_widget_set_sensitive (GTK_WIDGET (row->button), rules != NULL && !is_there);
  /* Translators: %s is the name of ready privacy rules */
  told = g_strdup_printf (is_there ? _ ("“%s” is added") : _ ("Add “%s”"), name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row->button), GTK_ACCESSIBLE_PROPERTY_LABEL, told,
                                  -1);
}
