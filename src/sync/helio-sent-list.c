/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-sync"

#include "sync/helio-sent-list.h"

#include <string.h>

#include "json/helio-json.h"
#include "model/helio-event.h"
#include "protocol/helio-protocol-answer.h"

/* Both newest first. */
struct _HelioSentList
{
  GQueue history;
  GQueue presence;
  uint64_t last_id;
};

static void
item_free (gpointer data)
{
  HelioSentItem *item = data;

  g_free (item->bucket);
  g_free (item->data);
  g_clear_pointer (&item->presence, helio_presence_free);
  g_free (item);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioSentItem, item_free)

HelioSentList *
helio_sent_list_new (void)
{
  return g_new0 (HelioSentList, 1);
}

void
helio_sent_list_clear (HelioSentList *list)
{
  g_queue_clear_full (&list->history, item_free);
  g_queue_clear_full (&list->presence, item_free);
}

void
helio_sent_list_free (HelioSentList *list)
{
  helio_sent_list_clear (list);
  g_free (list);
}

static gboolean
is_same_event (const HelioSentItem *one, const HelioSentItem *two)
{
  return one->kind == HELIO_SENT_EVENT && two->kind == HELIO_SENT_EVENT && one->start == two->start
         && one->n == two->n && one->is_refused == two->is_refused
         && strcmp (one->bucket, two->bucket) == 0 && strcmp (one->data, two->data) == 0;
}

/* The item that @item is once more: of events any, for one that grows is sent again and again; of
 * the others the newest. */
static GList *
find_again (HelioSentList *list, const HelioSentItem *item)
{
  const HelioSentItem *head;

  if (item->kind == HELIO_SENT_EVENT)
    {
      for (GList *link = list->history.head; link != NULL; link = link->next)
        if (is_same_event (link->data, item))
          return link;
      return NULL;
    }
  if (item->kind == HELIO_SENT_PRESENCE)
    {
      head = g_queue_peek_head (&list->presence);
      return head != NULL && helio_presence_equal (head->presence, item->presence)
                 ? list->presence.head
                 : NULL;
    }
  head = g_queue_peek_head (&list->history);
  return head != NULL && head->kind == HELIO_SENT_DELETIONS
                 && strcmp (head->bucket, item->bucket) == 0 && item->at - head->at < HELIO_MINUTE
             ? list->history.head
             : NULL;
}

/* @item: (transfer full) */
static void
put (HelioSentList *list, HelioSentItem *item)
{
  GQueue *queue = item->kind == HELIO_SENT_PRESENCE ? &list->presence : &list->history;
  GList *again = find_again (list, item);

  if (again != NULL)
    {
      HelioSentItem *old = again->data;

      item->id = old->id;
      item->count += old->count;
      g_queue_delete_link (queue, again);
      item_free (old);
    }
  else
    item->id = ++list->last_id;
  g_queue_push_head (queue, item);
  if (queue->length > HELIO_SENT_MAX)
    item_free (g_queue_pop_tail (queue));
}

/* -- adding ------------------------------------------------------------------------------- */

static void
set_data (HelioSentItem *item, const char *data, gsize length)
{
  const char *end = data + length;

  item->is_cut = length > HELIO_SENT_MAX_DATA;
  if (item->is_cut)
    end = g_utf8_find_prev_char (data, data + HELIO_SENT_MAX_DATA);
  g_free (item->data);
  item->data = g_strndup (data, (gsize) (end - data));
}

/* (nullable): an upsert as it was encoded, taken apart. */
static HelioSentItem *
item_new (const char *bucket, const char *upsert, gsize length, int64_t at)
{
  g_autoptr (HelioSentItem) item = g_new0 (HelioSentItem, 1);
  HelioJson json;
  const char *key, *value;
  gsize key_length, value_length;

  item->kind = HELIO_SENT_EVENT;
  item->at = at;
  item->bucket = g_strdup (bucket);
  helio_json_init (&json, upsert, length);
  helio_json_enter_object (&json);
  while (helio_json_next_member (&json, &key, &key_length))
    if (helio_json_key_is (key, key_length, "start"))
      helio_json_take_int64 (&json, &item->start);
    else if (helio_json_key_is (key, key_length, "n"))
      helio_json_take_int64 (&json, &item->n);
    else if (helio_json_key_is (key, key_length, "duration"))
      helio_json_take_int64 (&json, &item->duration);
    else if (helio_json_take_value (&json, &value, &value_length)
             && helio_json_key_is (key, key_length, "data"))
      set_data (item, value, value_length);
  return item->data != NULL ? g_steal_pointer (&item) : NULL;
}

static gboolean
is_rejected (const GArray *rejected, guint index)
{
  for (guint i = 0; i < rejected->len; i++)
    if (g_array_index (rejected, HelioRejection, i).index == index)
      return TRUE;
  return FALSE;
}

void
helio_sent_list_add_events (HelioSentList *list,
                            const char *bucket,
                            const HelioEventsBody *body,
                            guint first,
                            guint n,
                            const GArray *rejected,
                            int64_t at)
{
  for (guint i = MIN (n, HELIO_SENT_MAX); i > 0; i--)
    {
      gsize length;
      const char *upsert = helio_events_body_get_upsert (body, first + i - 1, &length);
      HelioSentItem *item = item_new (bucket, upsert, length, at);

      if (item == NULL)
        continue;
      item->is_refused = is_rejected (rejected, i - 1);
      put (list, item);
    }
}

void
helio_sent_list_add_deletions (HelioSentList *list, const char *bucket, int64_t count, int64_t at)
{
  HelioSentItem *item;

  if (count == 0)
    return;
  item = g_new0 (HelioSentItem, 1);
  item->kind = HELIO_SENT_DELETIONS;
  item->at = at;
  item->bucket = g_strdup (bucket);
  item->count = count;
  put (list, item);
}

void
helio_sent_list_add_presence (HelioSentList *list, const HelioPresence *presence, int64_t at)
{
  HelioSentItem *item = g_new0 (HelioSentItem, 1);

  item->kind = HELIO_SENT_PRESENCE;
  item->at = at;
  item->presence = helio_presence_copy (presence);
  put (list, item);
}

void
helio_sent_list_take (HelioSentList *list, HelioSentList *newer)
{
  HelioSentItem *item;

  while ((item = g_queue_pop_tail (&newer->history)) != NULL)
    put (list, item);
  while ((item = g_queue_pop_tail (&newer->presence)) != NULL)
    put (list, item);
}

GPtrArray *
helio_sent_list_get_items (const HelioSentList *list)
{
  GPtrArray *items = g_ptr_array_new ();
  const GList *history = list->history.head;
  const GList *presence = list->presence.head;

  while (history != NULL || presence != NULL)
    {
      gboolean is_history
          = presence == NULL
            || (history != NULL
                && ((HelioSentItem *) history->data)->at >= ((HelioSentItem *) presence->data)->at);
      const GList **next = is_history ? &history : &presence;

      g_ptr_array_add (items, (*next)->data);
      *next = (*next)->next;
    }
  return items;
}
