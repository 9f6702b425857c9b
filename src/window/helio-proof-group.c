/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-proof-group.h"

#include <glib/gi18n.h>

#include "model/helio-dict.h"
#include "model/helio-owner.h"
#include "window/helio-proof-row.h"
#include "window/helio-rows.h"
#include "window/helio-toast.h"

struct _HelioProofGroup
{
  HelioView view;

  /* owned */
  GHashTable *rows; /* id of the destination -> borrowed HelioProofRow */

  /* values */
  gboolean is_called;  /* by this window */
  gboolean is_running; /* whoever asked for it */
  gboolean is_stopping;

  /* template widgets */
  AdwPreferencesGroup *list;
  GtkButton *button;
};

G_DEFINE_FINAL_TYPE (HelioProofGroup, helio_proof_group, HELIO_TYPE_VIEW)

/* Whether there is anything to verify at a destination. */
static gboolean
has_tracks (GVariant *progress, GVariant *destination)
{
  g_autoptr (GVariant) first
      = helio_dicts_find (progress, "destination", helio_dict_get_text (destination, "id"));

  return first != NULL;
}

static void
remove_row (gpointer group, GtkWidget *row)
{
  adw_preferences_group_remove (group, row);
}

static void
show_button (HelioProofGroup *group, GVariant *progress)
{
  g_autoptr (GVariant) verified = helio_dicts_find (progress, "work", "verify");
  const char *state = group->view.agent != NULL ? helio_agent1_get_state (group->view.agent) : NULL;

  group->is_running = group->is_called || verified != NULL;
  gtk_button_set_label (group->button, group->is_running ? _ ("_Stop") : _ ("_Verify now"));
  gtk_widget_set_sensitive (GTK_WIDGET (group->button), helio_has_owner (group->view.agent)
                                                            && !group->is_stopping
                                                            && g_strcmp0 (state, "paused") != 0);
}

static void
update (HelioProofGroup *group)
{
  GVariant *progress
      = group->view.agent != NULL ? helio_agent1_get_progress (group->view.agent) : NULL;
  GVariant *verdicts
      = group->view.agent != NULL ? helio_agent1_get_verdicts (group->view.agent) : NULL;
  GVariant *buckets
      = group->view.agent != NULL ? helio_agent1_get_buckets (group->view.agent) : NULL;
  GVariant *destinations
      = group->view.agent != NULL ? helio_agent1_get_destinations (group->view.agent) : NULL;
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < helio_dicts_count (destinations); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (destinations, i);

      if (has_tracks (progress, one))
        g_hash_table_add (seen, g_strdup (helio_dict_get_text (one, "id")));
    }
  helio_rows_keep (group->rows, seen, remove_row, group->list);
  for (guint i = 0; i < helio_dicts_count (destinations); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (destinations, i);
      const char *id = helio_dict_get_text (one, "id");
      HelioProofRow *row = g_hash_table_lookup (group->rows, id);

      if (!g_hash_table_contains (seen, id))
        continue;
      if (row == NULL)
        {
          row = helio_proof_row_new ();
          adw_preferences_group_add (group->list, GTK_WIDGET (row));
          g_hash_table_insert (group->rows, g_strdup (id), row);
        }
      helio_proof_row_show (row, one, progress, verdicts, buckets, g_hash_table_size (seen) > 1);
    }
  show_button (group, progress);
  gtk_widget_set_visible (GTK_WIDGET (group), g_hash_table_size (seen) > 0);
}

/* -- callbacks ---------------------------------------------------------------------------- */

static void
on_verified (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioProofGroup) group = data;
  g_autoptr (GVariant) verdicts = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_done
      = helio_agent1_call_verify_finish (HELIO_AGENT1 (source), &verdicts, result, &error);
  gboolean was_stopped = group->is_stopping;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || group->button == NULL)
    return;
  group->is_called = group->is_stopping = FALSE;
  update (group);
  if (!is_done && !was_stopped)
    helio_toast_error (GTK_WIDGET (group), error);
  else if (is_done && helio_dicts_count_flags (verdicts, "equal") < helio_dicts_count (verdicts))
    helio_toast (GTK_WIDGET (group), _ ("Not everything is equal"));
  else if (is_done && helio_dicts_count_flags (verdicts, "mended") > 0)
    helio_toast (GTK_WIDGET (group), _ ("Some days differed; they are equal now"));
  else if (is_done)
    helio_toast (GTK_WIDGET (group), _ ("Everything is equal"));
}

static void
on_stopped (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioProofGroup) group = data;
  g_autoptr (GError) error = NULL;

  if (!helio_agent1_call_stop_verify_finish (HELIO_AGENT1 (source), result, &error))
    helio_toast_error (GTK_WIDGET (group), error);
  /* Where another program asked for it, nothing else tells. */
  if (group->button != NULL && !group->is_called)
    {
      group->is_stopping = FALSE;
      update (group);
    }
}

static void
on_clicked (HelioProofGroup *group)
{
  if (group->view.agent == NULL)
    return;
  if (group->is_running)
    {
      group->is_stopping = TRUE;
      helio_agent1_call_stop_verify (group->view.agent, group->view.cancellable, on_stopped,
                                     g_object_ref (group));
    }
  else
    {
      group->is_called = TRUE;
      helio_agent1_call_verify (group->view.agent, "", group->view.cancellable, on_verified,
                                g_object_ref (group));
    }
  update (group);
}

/* -- class -------------------------------------------------------------------------------- */

static void
helio_proof_group_dispose (GObject *object)
{
  HelioProofGroup *group = HELIO_PROOF_GROUP (object);

  g_clear_pointer (&group->rows, g_hash_table_unref);
  G_OBJECT_CLASS (helio_proof_group_parent_class)->dispose (object);
}

static void
helio_proof_group_class_init (HelioProofGroupClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = helio_proof_group_dispose;
  HELIO_VIEW_CLASS (klass)->is_dated = TRUE;
  HELIO_VIEW_CLASS (klass)->update = (HelioViewFunc) update;

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/heliograph/Heliograph/helio-proof-group.ui");
  gtk_widget_class_bind_template_child (widget_class, HelioProofGroup, list);
  gtk_widget_class_bind_template_child (widget_class, HelioProofGroup, button);
  gtk_widget_class_bind_template_callback (widget_class, on_clicked);
}

static void
helio_proof_group_init (HelioProofGroup *group)
{
  group->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gtk_widget_init_template (GTK_WIDGET (group));
  helio_view_watch (HELIO_VIEW (group), G_CALLBACK (update), "progress", "verdicts", "destinations",
                    "buckets", "state", NULL);
}
