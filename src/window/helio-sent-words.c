/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-sent-words.h"

#include <glib/gi18n.h>

#include "model/helio-dict.h"
#include "model/helio-sent-text.h"
#include "model/helio-text.h"
#include "window/helio-bucket-name.h"
#include "window/helio-event-fields.h"

static gboolean
is_kind (GVariant *item, const char *kind)
{
  return g_str_equal (helio_dict_get_text (item, "kind"), kind);
}

char *
helio_sent_get_title (GVariant *item)
{
  char *text;

  g_return_val_if_fail (item != NULL, NULL);

  text = helio_sent_text (item);
  if (text != NULL)
    return text;
  g_autofree char *described = helio_event_fields_describe (helio_dict_get_text (item, "data"));

  if (*described == '\0')
    return g_strdup (_ ("An event without data"));
  return helio_dict_get_flag (item, "cut") ? g_strconcat (described, "…", NULL)
                                           : g_steal_pointer (&described);
}

static char *
name_bucket (GVariant *item, GVariant *buckets)
{
  const char *id = helio_dict_get_text (item, "bucket");
  g_autoptr (GVariant) bucket = helio_dicts_find (buckets, "id", id);
  g_autofree char *name = NULL;

  if (bucket == NULL)
    return helio_text_clean (id);
  name = helio_bucket_get_plain_name (helio_dict_get_text (bucket, "type"),
                                      helio_dict_get_text (bucket, "client"), id);
  return helio_text_clean (name);
}

char *
helio_sent_get_subtitle (GVariant *item, GVariant *buckets, int64_t now)
{
  g_autofree char *at = NULL;
  g_autofree char *bucket = NULL;

  g_return_val_if_fail (item != NULL, NULL);

  at = helio_text_time (helio_dict_get_number (item, "at"), now);
  if (is_kind (item, "presence"))
    /* Translators: %s is a time */
    return g_strdup_printf (_ ("Sent %s"), at);
  bucket = name_bucket (item, buckets);
  if (is_kind (item, "deletions"))
    /* Translators: a time, and the name of a bucket */
    return g_strdup_printf (_ ("Sent %s · %s"), at, bucket);

  g_autofree char *start = helio_text_time (helio_dict_get_number (item, "start"), now);
  g_autofree char *span = helio_text_span (helio_dict_get_number (item, "duration"));
  /* Translators: a time, the name of a bucket, when an event began, and how long it lasted */
  return g_strdup_printf (helio_dict_get_flag (item, "refused")
                              ? _ ("Sent %s, but refused · %s · %s · %s")
                              : _ ("Sent %s · %s · %s · %s"),
                          at, bucket, start, span);
}

char *
helio_sent_get_destination (GVariant *destination)
{
  const char *name;

  g_return_val_if_fail (destination != NULL, NULL);

  name = helio_dict_get_text (destination, "name");
  return helio_text_clean (*name != '\0' ? name : helio_dict_get_text (destination, "address"));
}
