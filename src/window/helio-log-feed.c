/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-log-feed.h"

#include "model/helio-owner.h"
#include "window/helio-log-entry.h"

/* Entries come as signals, one by one and numbered. Whenever the number is not the next one, and at
 * the start, the list is asked for what is missing; so nothing is lost between list and signals. */

struct _HelioLogFeed
{
  GObject parent_instance;

  /* owned */
  HelioAgent1 *agent; /* NULL until there is one */
  GListStore *entries;
  GCancellable *cancellable; /* of the list that is awaited, else NULL */

  /* values */
  uint32_t newest;   /* serial of the last entry we have */
  uint32_t promised; /* serial of the last one that was heard of */
};

G_DEFINE_FINAL_TYPE (HelioLogFeed, helio_log_feed, G_TYPE_OBJECT)

static void catch_up (HelioLogFeed *feed);

static void
add (HelioLogFeed *feed, GPtrArray *entries)
{
  guint held = g_list_model_get_n_items (G_LIST_MODEL (feed->entries));
  guint skipped = entries->len > HELIO_LOG_FEED_MAX ? entries->len - HELIO_LOG_FEED_MAX : 0;
  guint added = entries->len - skipped;
  guint dropped = held + added > HELIO_LOG_FEED_MAX ? held + added - HELIO_LOG_FEED_MAX : 0;

  if (added == 0)
    return;
  feed->newest = helio_log_entry_get_serial (entries->pdata[entries->len - 1]);
  g_list_store_splice (feed->entries, 0, dropped, NULL, 0);
  g_list_store_splice (feed->entries, held - dropped, 0, entries->pdata + skipped, added);
}

static void
forget (HelioLogFeed *feed)
{
  g_cancellable_cancel (feed->cancellable);
  g_clear_object (&feed->cancellable);
  feed->newest = 0;
  feed->promised = 0;
}

/* -- callbacks ---------------------------------------------------------------------------- */

static void
on_listed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioLogFeed) feed = data;
  g_autoptr (GVariant) list = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func (g_object_unref);

  if (!helio_agent1_call_list_log_finish (HELIO_AGENT1 (source), &list, result, &error))
    {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
      /* The agent went: its successor is asked when it has the name. */
      g_debug ("The log can't be read: %s", error->message);
      g_clear_object (&feed->cancellable);
      return;
    }
  g_clear_object (&feed->cancellable);
  /* The list of one that began anew holds what its predecessor wrote, too. */
  if (feed->newest == 0)
    g_list_store_remove_all (feed->entries);
  for (gsize i = 0; i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) entry = g_variant_get_child_value (list, i);

      g_ptr_array_add (entries, helio_log_entry_new (entry));
    }
  add (feed, entries);
  if (feed->promised > feed->newest && entries->len > 0)
    catch_up (feed);
}

static void
on_log_added (HelioLogFeed *feed, GVariant *variant)
{
  g_autoptr (HelioLogEntry) entry = helio_log_entry_new (variant);
  uint32_t serial = helio_log_entry_get_serial (entry);

  feed->promised = MAX (feed->promised, serial);
  /* An agent that speaks before its name is known is asked when it is. */
  if (feed->cancellable != NULL || serial <= feed->newest || !helio_has_owner (feed->agent))
    return;
  if (serial == feed->newest + 1 && feed->newest > 0)
    {
      g_autoptr (GPtrArray) one = g_ptr_array_new ();

      g_ptr_array_add (one, entry);
      add (feed, one);
    }
  else
    catch_up (feed);
}

static void
on_owner_changed (HelioLogFeed *feed)
{
  forget (feed);
  if (helio_has_owner (feed->agent))
    catch_up (feed);
}

static void
catch_up (HelioLogFeed *feed)
{
  g_assert (feed->cancellable == NULL);
  feed->cancellable = g_cancellable_new ();
  helio_agent1_call_list_log (feed->agent, feed->newest, feed->cancellable, on_listed,
                              g_object_ref (feed));
}

/* -- class -------------------------------------------------------------------------------- */

static void
helio_log_feed_dispose (GObject *object)
{
  HelioLogFeed *feed = HELIO_LOG_FEED (object);

  forget (feed);
  g_clear_object (&feed->agent);
  g_clear_object (&feed->entries);
  G_OBJECT_CLASS (helio_log_feed_parent_class)->dispose (object);
}

static void
helio_log_feed_class_init (HelioLogFeedClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = helio_log_feed_dispose;
}

static void
helio_log_feed_init (HelioLogFeed *feed)
{
  feed->entries = g_list_store_new (HELIO_TYPE_LOG_ENTRY);
}

HelioLogFeed *
helio_log_feed_new (void)
{
  return g_object_new (HELIO_TYPE_LOG_FEED, NULL);
}

void
helio_log_feed_set_agent (HelioLogFeed *feed, HelioAgent1 *agent)
{
  g_return_if_fail (HELIO_IS_LOG_FEED (feed));

  if (feed->agent == agent)
    return;
  if (feed->agent != NULL)
    g_signal_handlers_disconnect_by_data (feed->agent, feed);
  forget (feed);
  g_set_object (&feed->agent, agent);
  if (agent == NULL)
    return;
  g_signal_connect_object (agent, "log-added", G_CALLBACK (on_log_added), feed, G_CONNECT_SWAPPED);
  g_signal_connect_object (agent, "notify::g-name-owner", G_CALLBACK (on_owner_changed), feed,
                           G_CONNECT_SWAPPED);
  on_owner_changed (feed);
}

GListModel *
helio_log_feed_get_entries (HelioLogFeed *feed)
{
  g_return_val_if_fail (HELIO_IS_LOG_FEED (feed), NULL);

  return G_LIST_MODEL (feed->entries);
}
