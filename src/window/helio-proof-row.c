/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-proof-row.h"

#include <glib/gi18n.h>

#include "model/helio-dict.h"
#include "model/helio-text.h"
#include "model/helio-time.h"
#include "window/helio-bucket-name.h"
#include "window/helio-proof.h"
#include "window/helio-rows.h"

struct _HelioProofRow
{
  AdwExpanderRow parent_instance;

  /* owned */
  GHashTable *rows; /* id of the bucket -> borrowed AdwActionRow */
};

G_DEFINE_FINAL_TYPE (HelioProofRow, helio_proof_row, ADW_TYPE_EXPANDER_ROW)

static char *
get_name (GVariant *buckets, const char *id)
{
  g_autoptr (GVariant) bucket = helio_dicts_find (buckets, "id", id);
  g_autofree char *name
      = bucket != NULL ? helio_bucket_get_plain_name (helio_dict_get_text (bucket, "type"),
                                                      helio_dict_get_text (bucket, "client"), id)
                       : g_strdup (id);

  return helio_text_clean (name);
}

static AdwActionRow *
find_row (HelioProofRow *row, const char *bucket)
{
  AdwActionRow *found = g_hash_table_lookup (row->rows, bucket);

  if (found != NULL)
    return found;
  found = g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "activatable", FALSE, NULL);
  adw_expander_row_add_row (ADW_EXPANDER_ROW (row), GTK_WIDGET (found));
  g_hash_table_insert (row->rows, g_strdup (bucket), found);
  return found;
}

static void
remove_row (gpointer row, GtkWidget *old)
{
  adw_expander_row_remove (row, old);
}

static void
show_buckets (HelioProofRow *row, const char *destination, GVariant *verdicts, GVariant *buckets)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < helio_dicts_count (verdicts); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (verdicts, i);
      const char *bucket = helio_dict_get_text (one, "bucket");

      if (!g_str_equal (helio_dict_get_text (one, "destination"), destination))
        continue;

      g_autofree char *name = get_name (buckets, bucket);
      g_autofree char *text = helio_proof_get_verdict (one);
      AdwActionRow *shown = find_row (row, bucket);

      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (shown), name);
      adw_action_row_set_subtitle (shown, text);
      g_hash_table_add (seen, g_strdup (bucket));
    }
  helio_rows_keep (row->rows, seen, remove_row, row);
  /* There is nothing below yet. */
  adw_expander_row_set_enable_expansion (ADW_EXPANDER_ROW (row), g_hash_table_size (seen) > 0);
}

/* -- class -------------------------------------------------------------------------------- */

static void
helio_proof_row_finalize (GObject *object)
{
  HelioProofRow *row = HELIO_PROOF_ROW (object);

  g_hash_table_unref (row->rows);
  G_OBJECT_CLASS (helio_proof_row_parent_class)->finalize (object);
}

static void
helio_proof_row_class_init (HelioProofRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = helio_proof_row_finalize;
}

static void
helio_proof_row_init (HelioProofRow *row)
{
  row->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

HelioProofRow *
helio_proof_row_new (void)
{
  return g_object_new (HELIO_TYPE_PROOF_ROW, NULL);
}

void
helio_proof_row_show (HelioProofRow *row,
                      GVariant *destination,
                      GVariant *progress,
                      GVariant *verdicts,
                      GVariant *buckets,
                      gboolean names_it)
{
  const char *id = helio_dict_get_text (destination, "id");
  g_autofree char *name = helio_text_clean (helio_dict_get_text (destination, "name"));
  HelioProof proof;

  g_return_if_fail (HELIO_IS_PROOF_ROW (row));

  helio_proof_sum (progress, verdicts, id, &proof);
  int64_t now = helio_time_now ();
  g_autofree char *title = helio_proof_get_title (&proof, now);
  g_autofree char *detail = helio_proof_get_detail (&proof, now);
  g_autofree char *named = g_strdup_printf ("%s · %s", name, title);
  /* The title of this kind of row is always markup. */
  g_autofree char *markup = g_markup_escape_text (names_it ? named : title, -1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), markup);
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (row), detail);
  /* The row that has the title is one inside it. */
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  names_it ? named : title, -1);
  show_buckets (row, id, verdicts, buckets);
}
