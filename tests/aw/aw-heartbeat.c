/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Heartbeats: what each server makes of them, its cached last event included. */

#include "aw-answers.h"

#include <string.h>

gboolean
aw_python_heartbeat (AwServer *server, AwBucket *bucket, AwEvent *event, int64_t pulsetime)
{
  AwEvent *kept = aw_store_get_last (server->store, bucket->id);
  g_auto (AwEvent) last = { 0 };
  g_auto (AwEvent) newest = { 0 };
  gboolean has_last = kept != NULL;

  event->start = aw_floor (event->start, AW_MS) * AW_MS;
  if (has_last)
    aw_event_copy (kept, &last);
  else
    has_last = aw_store_get_newest (server->store, bucket, TRUE, &last);
  if (has_last && aw_json_texts_equal (last.data, event->data) && last.duration >= 0
      && last.start <= event->start && event->start <= last.start + last.duration + pulsetime)
    {
      last.duration = MAX (last.duration, event->start - last.start + event->duration);
      aw_store_set_last (server->store, bucket->id, &last);
      /* The newest row is overwritten, whether it is the one of the last heartbeat or not. */
      if (!aw_store_get_newest (server->store, bucket, TRUE, &newest))
        return FALSE;
      last.id = newest.id;
      aw_store_overwrite (server->store, bucket, &last);
      aw_store_set_last (server->store, bucket->id, &last);
      event->id = last.id;
      event->start = last.start;
      event->duration = last.duration;
      return TRUE;
    }
  event->id = -1;
  aw_store_insert (server->store, bucket, event);
  aw_store_set_last (server->store, bucket->id, event);
  return TRUE;
}

gboolean
aw_rust_heartbeat (
    AwServer *server, AwBucket *bucket, AwEvent *event, int64_t pulsetime, char **message)
{
  AwEvent *kept = aw_store_get_last (server->store, bucket->id);
  g_auto (AwEvent) last = { 0 };
  int64_t end = event->start + event->duration;
  gboolean has_last = kept != NULL;
  gboolean merges;

  event->id = -1;
  if (has_last)
    aw_event_copy (kept, &last);
  else
    has_last = aw_store_get_newest (server->store, bucket, FALSE, &last);
  aw_store_set_last (server->store, bucket->id, NULL);
  end = has_last ? MAX (end, last.start + last.duration) : end;
  merges = has_last && strcmp (last.data, event->data) == 0 && event->start >= last.start
           && event->start <= last.start + last.duration + pulsetime && end >= last.start;
  if (merges)
    {
      last.duration = end - last.start;
      if (!aw_store_overwrite (server->store, bucket, &last))
        {
          *message = g_strdup_printf ("replace_last_event matched 0 rows for event_id"
                                      " %" G_GINT64_FORMAT " - cache/DB inconsistency",
                                      (gint64) last.id);
          return FALSE;
        }
      event->id = last.id;
      event->start = last.start;
      event->duration = last.duration;
    }
  else
    aw_store_insert (server->store, bucket, event);
  if (has_last)
    aw_store_set_last (server->store, bucket->id, event);
  return TRUE;
}
