/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "agent/helio-agent-private.h"

/* What really left lately, told to who asks. It is in no property, no signal, no file and no log
 * entry, and gone with the process. */

static void
add_text (GVariantBuilder *builder, const char *key, const char *text)
{
  if (text != NULL)
    g_variant_builder_add (builder, "{sv}", key, g_variant_new_string (text));
}

static void
add_number (GVariantBuilder *builder, const char *key, int64_t number)
{
  g_variant_builder_add (builder, "{sv}", key, g_variant_new_int64 (number));
}

static void
add_event (GVariantBuilder *builder, const HelioSentItem *item)
{
  add_text (builder, "kind", "event");
  add_number (builder, "start", item->start);
  add_number (builder, "duration", item->duration);
  add_text (builder, "data", item->data);
  g_variant_builder_add (builder, "{sv}", "cut", g_variant_new_boolean (item->is_cut));
  g_variant_builder_add (builder, "{sv}", "refused", g_variant_new_boolean (item->is_refused));
}

static void
add_presence (GVariantBuilder *builder, const HelioPresence *presence)
{
  add_text (builder, "kind", "presence");
  add_text (builder, "state", helio_state_to_string (presence->state));
  add_number (builder, "since", presence->since);
  add_text (builder, "app", presence->app);
  add_text (builder, "title", presence->title);
  if (presence->app != NULL)
    add_number (builder, "activity-since", presence->activity_since);
  add_text (builder, "media-title", presence->media_title);
  add_text (builder, "media-artist", presence->media_artist);
}

static void
add_item (GVariantBuilder *builder, const HelioSentItem *item)
{
  g_variant_builder_open (builder, G_VARIANT_TYPE_VARDICT);
  add_number (builder, "id", (int64_t) item->id);
  add_number (builder, "at", item->at);
  add_text (builder, "bucket", item->bucket);
  switch (item->kind)
    {
    case HELIO_SENT_EVENT:
      add_event (builder, item);
      break;
    case HELIO_SENT_DELETIONS:
      add_text (builder, "kind", "deletions");
      add_number (builder, "count", item->count);
      break;
    case HELIO_SENT_PRESENCE:
      add_presence (builder, item->presence);
      break;
    }
  g_variant_builder_close (builder);
}

static gboolean
on_list_sent (HelioAgent1 *skeleton,
              GDBusMethodInvocation *invocation,
              const char *id,
              HelioAgent *agent)
{
  HelioTarget *target = helio_agent_find_target_for (agent, invocation, id);
  g_autoptr (GPtrArray) items = NULL;
  GVariantBuilder builder;

  if (target == NULL)
    return TRUE;
  items = helio_sent_list_get_items (target->sent_list);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < items->len; i++)
    add_item (&builder, items->pdata[i]);
  helio_agent1_complete_list_sent (skeleton, invocation, g_variant_builder_end (&builder));
  return TRUE;
}

void
helio_agent_connect_sent (HelioAgent *agent)
{
  g_signal_connect (agent->skeleton, "handle-list-sent", G_CALLBACK (on_list_sent), agent);
}
