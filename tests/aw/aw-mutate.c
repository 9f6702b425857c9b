/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "aw-mutate.h"

#include "aw-answers.h"
#include "aw-words.h"

#include <string.h>

typedef enum
{
  HEARTBEAT,
  PAST,
  TIE,
  OVERLAP,
  EDIT,
  MOVE,
  DELETE_ONE,
  ODD,
  RECREATE,
  N_STEPS,
} Step;

static const char *const step_names[N_STEPS]
    = { "heartbeats", "past", "ties", "overlaps", "edits", "moves", "deletes", "odd", "recreated" };

typedef struct
{
  AwServer *server;
  const AwMutation *mutation;
  GRand *rand;
  int64_t now;
  int64_t done[N_STEPS];
} Mutator;

static char *
make_data (Mutator *mutator, const AwBucket *bucket)
{
  static const char *const apps[] = { "Code", "firefox", "org.gnome.Terminal", "Evince" };
  int n = g_rand_int_range (mutator->rand, 0, 400);
  gboolean is_python = mutator->server->flavour == AW_FLAVOUR_PYTHON;
  g_autofree char *text = NULL;
  g_autoptr (AwJson) json = NULL;
  GString *out = g_string_new (NULL);

  if (strcmp (bucket->type, "afkstatus") == 0)
    text = g_strdup_printf ("{\"status\":\"%s\"}", n % 3 == 0 ? "afk" : "not-afk");
  else if (strcmp (bucket->type, "currentwindow") == 0)
    {
      char title[80], app[40];

      g_strlcpy (app, apps[n % 4], sizeof app);
      g_snprintf (title, sizeof title, "Changed %d – é", n);
      if (mutator->server->is_marked)
        aw_words_mark (mutator->server, app, sizeof app, title, sizeof title);
      text = g_strdup_printf ("{\"app\":\"%s\",\"title\":\"%s\"}", app, title);
    }
  else if (strcmp (bucket->type, "web.tab.current") == 0)
    {
      AwDice dice;

      aw_dice_seed (&dice, (guint32) n, 0, 0);
      aw_words_web (mutator->server, &dice, out);
      return g_string_free (out, FALSE);
    }
  else
    text = g_strdup_printf ("{\"title\":\"Changed %d\",\"n\":%d,\"f\":%d.5}", n, n, n);
  json = aw_json_parse (text, strlen (text), AW_FLAVOUR_PYTHON);
  aw_json_write (json, is_python ? AW_FLAVOUR_PYTHON : AW_FLAVOUR_RUST, out);
  return g_string_free (out, FALSE);
}

static int64_t
pick_time (Mutator *mutator)
{
  double back = g_rand_double (mutator->rand);

  /* The nearer the past, the more changes. */
  back = back * back * (double) (mutator->mutation->days * AW_DAY);
  return (mutator->now - (int64_t) back) / AW_MS * AW_MS;
}

static int64_t
pick_duration (Mutator *mutator)
{
  return g_rand_int_range (mutator->rand, 0, 600000) * AW_MS;
}

static gboolean
pick_event (Mutator *mutator, AwBucket *bucket, AwEvent *event)
{
  if (bucket->count == 0)
    return FALSE;
  return aw_store_get_nth (mutator->server->store, bucket,
                           g_rand_int_range (mutator->rand, 0, (gint32) bucket->count), event);
}

static void
insert (Mutator *mutator, AwBucket *bucket, int64_t id, int64_t start, int64_t duration)
{
  g_auto (AwEvent) event = { id, start, duration, make_data (mutator, bucket) };

  aw_take_insert (mutator->server, bucket, &event);
}

static void
beat (Mutator *mutator, AwBucket *bucket)
{
  g_auto (AwEvent) newest = { 0 };
  g_auto (AwEvent) event = { .id = -1, .start = mutator->now };

  if (aw_store_get_newest (mutator->server->store, bucket, TRUE, &newest)
      && g_rand_int_range (mutator->rand, 0, 3) > 0)
    event.data = g_strdup (newest.data);
  else
    event.data = make_data (mutator, bucket);
  event.start -= g_rand_int_range (mutator->rand, 0, 3000) * AW_MS;
  event.start = event.start / AW_MS * AW_MS;
  aw_take_heartbeat (mutator->server, bucket, &event, 3600 * AW_SECOND);
}

static void
insert_odd (Mutator *mutator, AwBucket *bucket)
{
  int64_t start = pick_time (mutator);

  switch (g_rand_int_range (mutator->rand, 0, 5))
    {
    case 0:
      insert (mutator, bucket, -1, start, 0);
      return;
    case 1:
      insert (mutator, bucket, -1, start, -g_rand_int_range (mutator->rand, 1, 9000) * AW_MS);
      return;
    case 2:
      insert (mutator, bucket, -1, start,
              AW_DAY + g_rand_int_range (mutator->rand, 0, 172800) * AW_SECOND);
      return;
    case 3:
      insert (mutator, bucket, -1, start + g_rand_int_range (mutator->rand, 1, 999999),
              pick_duration (mutator) + g_rand_int_range (mutator->rand, 1, 999999));
      return;
    default:
      for (int i = g_rand_int_range (mutator->rand, 3, 40); i > 0; i--)
        insert (mutator, bucket, -1, start, pick_duration (mutator));
    }
}

static void
recreate (Mutator *mutator, AwBucket *bucket)
{
  AwStore *store = mutator->server->store;
  g_autofree char *id = g_strdup (bucket->id);
  g_autofree char *type = g_strdup (bucket->type);
  g_autofree char *client = g_strdup (bucket->client);
  g_autofree char *hostname = g_strdup (bucket->hostname);

  aw_store_delete_bucket (store, bucket);
  aw_store_create (store, id, type, client, hostname, "{}", mutator->now);
}

static gboolean
change (Mutator *mutator, Step step, AwBucket *bucket)
{
  g_auto (AwEvent) event = { 0 };

  if (step == HEARTBEAT)
    beat (mutator, bucket);
  else if (step == PAST)
    insert (mutator, bucket, -1, pick_time (mutator), pick_duration (mutator));
  else if (step == ODD)
    insert_odd (mutator, bucket);
  else if (step == RECREATE)
    recreate (mutator, bucket);
  else if (!pick_event (mutator, bucket, &event))
    return FALSE;
  else if (step == TIE)
    insert (mutator, bucket, -1, event.start, pick_duration (mutator));
  else if (step == OVERLAP)
    insert (mutator, bucket, -1, event.start + event.duration / 2 / AW_MS * AW_MS,
            pick_duration (mutator));
  else if (step == EDIT)
    insert (mutator, bucket, event.id, event.start, pick_duration (mutator));
  else if (step == MOVE)
    insert (mutator, bucket, event.id, pick_time (mutator), event.duration);
  else
    aw_store_delete_event (mutator->server->store, bucket, event.id);
  return TRUE;
}

void
aw_mutate (AwServer *server, const AwMutation *mutation, GString *out)
{
  static const int weights[N_STEPS] = { 30, 15, 8, 8, 12, 4, 15, 8, 1 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (mutation->seed);
  Mutator mutator = { server, mutation, rand, mutation->now, { 0 } };
  const GPtrArray *buckets = aw_store_list (server->store);
  AwBucket *only
      = mutation->bucket != NULL ? aw_store_find (server->store, mutation->bucket) : NULL;

  for (int64_t i = 0; i < mutation->steps && buckets->len > 0; i++)
    {
      int roll = g_rand_int_range (rand, 0, 100 + mutation->recreates);
      AwBucket *bucket
          = only != NULL ? only : buckets->pdata[g_rand_int_range (rand, 0, (gint32) buckets->len)];
      int step = 0;

      while (roll >= weights[step])
        roll -= weights[step++];
      if (mutation->bucket != NULL && only == NULL)
        break;
      if (step == RECREATE)
        only = NULL;
      mutator.done[step] += change (&mutator, (Step) step, bucket);
      if (mutation->bucket != NULL)
        only = aw_store_find (server->store, mutation->bucket);
    }
  g_string_append_c (out, '{');
  for (int i = 0; i < N_STEPS; i++)
    g_string_append_printf (out, "%s\"%s\":%" G_GINT64_FORMAT, i > 0 ? "," : "", step_names[i],
                            (gint64) mutator.done[i]);
  g_string_append_c (out, '}');
}
