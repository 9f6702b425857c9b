/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-where-row.h"

#include <glib/gi18n.h>
#include <string.h>

#include "model/helio-dict.h"
#include "model/helio-rule-words.h"

/* A member of "where" and its value; both NULL for everywhere. */
typedef struct
{
  char *key;
  char *value;
} Place;

struct _HelioWhereRow
{
  AdwComboRow parent_instance;

  /* owned */
  GPtrArray *places; /* Place, in the order of the choice */
};

G_DEFINE_FINAL_TYPE (HelioWhereRow, helio_where_row, ADW_TYPE_COMBO_ROW)

static void
place_free (gpointer data)
{
  Place *place = data;

  g_free (place->key);
  g_free (place->value);
  g_free (place);
}

/* Returns its index; nothing is there twice. */
static guint
add (HelioWhereRow *row, GtkStringList *labels, const char *key, const char *value)
{
  Place *place;

  for (guint i = 0; i < row->places->len; i++)
    {
      place = row->places->pdata[i];
      if (g_strcmp0 (place->key, key) == 0 && g_strcmp0 (place->value, value) == 0)
        return i;
    }
  place = g_new0 (Place, 1);
  place->key = g_strdup (key);
  place->value = g_strdup (value);
  g_ptr_array_add (row->places, place);
  gtk_string_list_take (labels, key != NULL ? helio_rule_get_place (key, value)
                                            : g_strdup (_ ("Everywhere")));
  return row->places->len - 1;
}

static void
helio_where_row_finalize (GObject *object)
{
  g_ptr_array_unref (HELIO_WHERE_ROW (object)->places);
  G_OBJECT_CLASS (helio_where_row_parent_class)->finalize (object);
}

static void
helio_where_row_class_init (HelioWhereRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = helio_where_row_finalize;
}

static void
helio_where_row_init (HelioWhereRow *row)
{
  row->places = g_ptr_array_new_with_free_func (place_free);
}

/* The place of the rule, which may be one that no person could choose here. */
static guint
add_place_of (HelioWhereRow *row, GtkStringList *labels, JsonNode *rule)
{
  static const char *const keys[] = { "type", "except_type", "bucket" };
  JsonNode *where = rule != NULL && JSON_NODE_HOLDS_OBJECT (rule)
                        ? json_object_get_member (json_node_get_object (rule), "where")
                        : NULL;

  for (guint i = 0; where != NULL && i < G_N_ELEMENTS (keys); i++)
    {
      const char *value = helio_rule_json_get (where, keys[i]);

      if (*value != '\0')
        return add (row, labels, keys[i], value);
    }
  return 0;
}

void
helio_where_row_fill (HelioWhereRow *row, GVariant *buckets, JsonNode *rule)
{
  static const char *const types[]
      = { "currentwindow", "web.*", "app.editor.*", "currently-playing", "afkstatus" };
  g_autoptr (GtkStringList) labels = gtk_string_list_new (NULL);
  guint selected;

  g_return_if_fail (HELIO_IS_WHERE_ROW (row));

  g_ptr_array_set_size (row->places, 0);
  add (row, labels, NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    add (row, labels, "type", types[i]);
  selected = add_place_of (row, labels, rule);
  for (gsize i = 0; buckets != NULL && i < g_variant_n_children (buckets); i++)
    {
      g_autoptr (GVariant) bucket = g_variant_get_child_value (buckets, i);

      if (!helio_dict_get_flag (bucket, "gone"))
        add (row, labels, "bucket", helio_dict_get_text (bucket, "id"));
    }
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (labels));
  adw_combo_row_set_selected (ADW_COMBO_ROW (row), selected);
}

void
helio_where_row_write (HelioWhereRow *row, JsonObject *rule)
{
  const Place *place;
  JsonObject *where;
  guint selected;

  g_return_if_fail (HELIO_IS_WHERE_ROW (row));

  selected = adw_combo_row_get_selected (ADW_COMBO_ROW (row));
  place = selected < row->places->len ? row->places->pdata[selected] : NULL;
  if (json_object_has_member (rule, "where"))
    json_object_remove_member (rule, "where");
  if (place == NULL || place->key == NULL)
    return;
  where = json_object_new ();
  json_object_set_string_member (where, place->key, place->value);
  json_object_set_object_member (rule, "where", where);
}
