/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-first-run-buckets.h"

#include <glib/gi18n.h>

#include "model/helio-dict.h"
#include "model/helio-text.h"
#include "window/helio-bucket-name.h"
#include "window/helio-level-row.h"

/* The third step: what to publish. What says only whether somebody is there, and in which window,
 * is switched on to begin with; all else is the person's choice. */

struct _HelioFirstRunBuckets
{
  HelioView view;

  /* owned */
  GHashTable *rows; /* id of the bucket -> borrowed AdwActionRow */

  /* template widgets */
  AdwPreferencesGroup *buckets;
  GtkWidget *empty_row;
  GtkWidget *shown_group;
  HelioLevelRow *level;
  GtkSwitch *history;
  GtkSwitch *login;
};

G_DEFINE_FINAL_TYPE (HelioFirstRunBuckets, helio_first_run_buckets, HELIO_TYPE_VIEW)

typedef enum
{
  PROP_IS_READY = 1,
} HelioFirstRunBucketsProperty;

static GParamSpec *properties[PROP_IS_READY + 1];

static GtkSwitch *
get_switch (gpointer row)
{
  return GTK_SWITCH (adw_action_row_get_activatable_widget (ADW_ACTION_ROW (row)));
}

static gboolean
is_ready (HelioFirstRunBuckets *step)
{
  GHashTableIter iter;
  gpointer row;

  g_hash_table_iter_init (&iter, step->rows);
  while (g_hash_table_iter_next (&iter, NULL, &row))
    if (gtk_switch_get_active (get_switch (row)))
      return TRUE;
  return FALSE;
}

/* Window and afk of the computer that ActivityWatch runs on. */
static gboolean
is_preselected (HelioFirstRunBuckets *step, GVariant *bucket)
{
  GVariant *source = helio_agent1_get_source (step->view.agent);
  const char *type = helio_dict_get_text (bucket, "type");

  return (g_str_equal (type, "currentwindow") || g_str_equal (type, "afkstatus"))
         && !helio_dict_get_flag (bucket, "synced-copy") && source != NULL
         && g_str_equal (helio_dict_get_text (bucket, "hostname"),
                         helio_dict_get_text (source, "hostname"));
}

static char *
describe (GVariant *bucket)
{
  g_autofree char *id = helio_text_clean (helio_dict_get_text (bucket, "id"));
  g_autofree char *host = helio_text_clean (helio_dict_get_text (bucket, "hostname"));

  if (helio_dict_get_flag (bucket, "synced-copy"))
    /* Translators: the name of a computer, and the id of a bucket */
    return g_strdup_printf (_ ("A copy from %s · %s"), host, id);
  if (helio_dict_get_flag (bucket, "enabled"))
    /* Translators: %s is the id of a bucket */
    return g_strdup_printf (_ ("Published already · %s"), id);
  return g_steal_pointer (&id);
}

static void
on_switched (HelioFirstRunBuckets *step)
{
  g_object_notify_by_pspec (G_OBJECT (step), properties[PROP_IS_READY]);
}

static void
add_row (HelioFirstRunBuckets *step, GVariant *bucket)
{
  const char *id = helio_dict_get_text (bucket, "id");
  g_autofree char *plain = helio_bucket_get_plain_name (helio_dict_get_text (bucket, "type"),
                                                        helio_dict_get_text (bucket, "client"), id);
  g_autofree char *title = helio_text_clean (plain);
  g_autofree char *subtitle = describe (bucket);
  gboolean is_enabled = helio_dict_get_flag (bucket, "enabled");
  GtkWidget *toggle
      = g_object_new (GTK_TYPE_SWITCH, "valign", GTK_ALIGN_CENTER, "active",
                      is_enabled || is_preselected (step, bucket),
                      /* Switching one off asks what becomes of what was published: not here. */
                      "sensitive", !is_enabled, NULL);
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "title", title,
                                 "subtitle", subtitle, "title-lines", 0, "subtitle-lines", 0, NULL);

  gtk_accessible_update_property (GTK_ACCESSIBLE (toggle), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  -1);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), toggle);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), toggle);
  g_signal_connect_object (toggle, "notify::active", G_CALLBACK (on_switched), step,
                           G_CONNECT_SWAPPED);
  adw_preferences_group_add (step->buckets, row);
  g_hash_table_insert (step->rows, g_strdup (id), row);
}

/* Those of this computer that are preselected come first, copies of other computers' last. */
static int
rank (HelioFirstRunBuckets *step, GVariant *bucket)
{
  if (is_preselected (step, bucket))
    return 0;
  return helio_dict_get_flag (bucket, "synced-copy") ? 2 : 1;
}

static void
add_missing_rows (HelioFirstRunBuckets *step, GVariant *buckets)
{
  for (int wanted = 0; wanted <= 2; wanted++)
    for (gsize i = 0; i < g_variant_n_children (buckets); i++)
      {
        g_autoptr (GVariant) one = g_variant_get_child_value (buckets, i);

        if (rank (step, one) == wanted && !helio_dict_get_flag (one, "gone")
            && !g_hash_table_contains (step->rows, helio_dict_get_text (one, "id")))
          add_row (step, one);
      }
}

/* One that was switched elsewhere meanwhile is not switched back from here. */
static void
update_rows (HelioFirstRunBuckets *step, GVariant *buckets)
{
  for (gsize i = 0; i < g_variant_n_children (buckets); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (buckets, i);
      gboolean is_enabled = helio_dict_get_flag (one, "enabled");
      gpointer row = g_hash_table_lookup (step->rows, helio_dict_get_text (one, "id"));
      GtkWidget *toggle = row != NULL ? GTK_WIDGET (get_switch (row)) : NULL;

      if (toggle == NULL || is_enabled != gtk_widget_get_sensitive (toggle))
        continue;
      g_autofree char *subtitle = describe (one);
      adw_action_row_set_subtitle (row, subtitle);
      gtk_switch_set_active (GTK_SWITCH (toggle), is_enabled);
      gtk_widget_set_sensitive (toggle, !is_enabled);
    }
}

static void
remove_gone_rows (HelioFirstRunBuckets *step, GVariant *buckets)
{
  GHashTableIter iter;
  gpointer id;
  gpointer row;

  g_hash_table_iter_init (&iter, step->rows);
  while (g_hash_table_iter_next (&iter, &id, &row))
    {
      g_autoptr (GVariant) one = helio_dicts_find (buckets, "id", id);

      if (one != NULL && !helio_dict_get_flag (one, "gone"))
        continue;
      adw_preferences_group_remove (step->buckets, row);
      g_hash_table_iter_remove (&iter);
    }
}

static void
update (HelioFirstRunBuckets *step)
{
  GVariant *buckets = step->view.agent != NULL ? helio_agent1_get_buckets (step->view.agent) : NULL;
  GVariant *source = step->view.agent != NULL ? helio_agent1_get_source (step->view.agent) : NULL;

  /* Without the name of the computer nothing could be preselected. */
  if (buckets == NULL || source == NULL || helio_dict_get_text (source, "hostname")[0] == '\0')
    return;
  remove_gone_rows (step, buckets);
  update_rows (step, buckets);
  add_missing_rows (step, buckets);
  gtk_widget_set_visible (step->empty_row, g_hash_table_size (step->rows) == 0);
  on_switched (step);
}

/* -- class -------------------------------------------------------------------------------- */

static void
helio_first_run_buckets_finalize (GObject *object)
{
  HelioFirstRunBuckets *step = HELIO_FIRST_RUN_BUCKETS (object);

  g_clear_pointer (&step->rows, g_hash_table_unref);
  G_OBJECT_CLASS (helio_first_run_buckets_parent_class)->finalize (object);
}

static void
helio_first_run_buckets_get_property (GObject *object,
                                      guint prop_id,
                                      GValue *value,
                                      GParamSpec *pspec)
{
  HelioFirstRunBuckets *step = HELIO_FIRST_RUN_BUCKETS (object);

  switch ((HelioFirstRunBucketsProperty) prop_id)
    {
    case PROP_IS_READY:
      g_value_set_boolean (value, is_ready (step));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
helio_first_run_buckets_class_init (HelioFirstRunBucketsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->finalize = helio_first_run_buckets_finalize;
  object_class->get_property = helio_first_run_buckets_get_property;
  HELIO_VIEW_CLASS (klass)->update = (HelioViewFunc) update;

  properties[PROP_IS_READY] = g_param_spec_boolean (
      "is-ready", NULL, NULL, FALSE,
      (GParamFlags) (G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS));
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  g_type_ensure (HELIO_TYPE_LEVEL_ROW);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/heliograph/Heliograph/helio-first-run-buckets.ui");
  gtk_widget_class_bind_template_child (widget_class, HelioFirstRunBuckets, buckets);
  gtk_widget_class_bind_template_child (widget_class, HelioFirstRunBuckets, empty_row);
  gtk_widget_class_bind_template_child (widget_class, HelioFirstRunBuckets, shown_group);
  gtk_widget_class_bind_template_child (widget_class, HelioFirstRunBuckets, level);
  gtk_widget_class_bind_template_child (widget_class, HelioFirstRunBuckets, history);
  gtk_widget_class_bind_template_child (widget_class, HelioFirstRunBuckets, login);
}

static void
helio_first_run_buckets_init (HelioFirstRunBuckets *step)
{
  step->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gtk_widget_init_template (GTK_WIDGET (step));
  helio_level_row_set_level (step->level, "app");
  helio_view_watch (HELIO_VIEW (step), G_CALLBACK (update), "buckets", "source", NULL);
}

GStrv
helio_first_run_buckets_list_chosen (HelioFirstRunBuckets *step)
{
  g_autoptr (GStrvBuilder) chosen = g_strv_builder_new ();
  GHashTableIter iter;
  gpointer id;
  gpointer row;

  g_hash_table_iter_init (&iter, step->rows);
  while (g_hash_table_iter_next (&iter, &id, &row))
    if (gtk_switch_get_active (get_switch (row)))
      g_strv_builder_add (chosen, id);
  return g_strv_builder_end (chosen);
}

const char *
helio_first_run_buckets_get_level (HelioFirstRunBuckets *step)
{
  return helio_level_row_get_level (step->level);
}

gboolean
helio_first_run_buckets_has_history (HelioFirstRunBuckets *step)
{
  return gtk_switch_get_active (step->history);
}

gboolean
helio_first_run_buckets_starts_at_login (HelioFirstRunBuckets *step)
{
  return gtk_switch_get_active (step->login);
}

void
helio_first_run_buckets_ask_level (HelioFirstRunBuckets *step, gboolean asks)
{
  gtk_widget_set_visible (step->shown_group, asks);
}

void
helio_first_run_buckets_focus (HelioFirstRunBuckets *step)
{
  gtk_widget_child_focus (GTK_WIDGET (step), GTK_DIR_TAB_FORWARD);
}
