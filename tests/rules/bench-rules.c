/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "rules/helio-rules.h"

#include <string.h>
#include <time.h>

/* What the rules cost: 20 regular expressions, as people write them, over window titles of which
 * a part is new and the rest was seen lately. A backfill takes about 2.5 us for each event when
 * ActivityWatch is as fast as its Rust server (tests/bench): a fifth of that is 0.5 us. */

#define N_EVENTS 1000000
#define N_TITLES 200000
#define TARGET_NS 500

static const char *const patterns[] = {
  "private browsing",
  "\\\\bincognito\\\\b",
  "\\\\binprivate\\\\b",
  "^(keepassxc|bitwarden|1password)\\\\b",
  "\\\\b(online )?banking\\\\b",
  "paypal|stripe|wise\\\\.com",
  "^confidential: ",
  "\\\\bsalary\\\\b",
  "[\\\\w.]+@example\\\\.org",
  "\\\\b\\\\d{4} \\\\d{4} \\\\d{4} \\\\d{4}\\\\b",
  "project (falcon|condor)",
  "^re: .*doctor",
  "health|clinic|hospital",
  "(tinder|bumble|okcupid)",
  "\\\\.kdbx\\\\b",
  "id_(rsa|ed25519)",
  "\\\\bsecret(s)?\\\\b",
  "whatsapp|signal|telegram",
  "invoice[ _-]?\\\\d+",
  "^draft: (.*)$",
};

typedef struct
{
  char *data[N_TITLES];
  gsize length[N_TITLES];
  guint order[N_EVENTS];
} Events;

static double
cpu_now (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}

static HelioRules *
make_rules (guint n)
{
  g_autoptr (GString) json = g_string_new ("{\"version\":1,\"rules\":[");

  for (guint i = 0; i < n; i++)
    g_string_append_printf (json,
                            "%s{\"id\":\"r%u\",\"field\":\"title\",\"match\":\"regex\","
                            "\"pattern\":\"%s\",\"action\":\"hide\"}",
                            i > 0 ? "," : "", i, patterns[i]);
  g_string_append (json, "]}");
  return helio_rules_new_from_json (n > 0 ? json->str : "", NULL);
}

/* @percent_new: how many of the events have a title that was not there for long. */
static Events *
make_events (int percent_new)
{
  g_autoptr (GRand) dice = g_rand_new_with_seed (7);
  Events *events = g_new0 (Events, 1);

  for (int i = 0; i < N_TITLES; i++)
    {
      events->data[i] = g_strdup_printf ("{\"app\":\"Code\",\"title\":\"helio-rules-%d.c:%d - "
                                         "heliograph - Visual Studio Code\"}",
                                         i, g_rand_int_range (dice, 1, 900));
      events->length[i] = strlen (events->data[i]);
    }
  for (int i = 0; i < N_EVENTS; i++)
    events->order[i] = (guint) (g_rand_int_range (dice, 0, 100) < percent_new
                                    ? g_rand_int_range (dice, 0, N_TITLES)
                                    : g_rand_int_range (dice, 0, 300));
  return events;
}

static void
free_events (Events *events)
{
  for (int i = 0; i < N_TITLES; i++)
    g_free (events->data[i]);
  g_free (events);
}

/* ns for each event */
static double
run (const HelioRules *rules, const Events *events)
{
  g_autoptr (HelioBucket) bucket = helio_bucket_new ("b", "currentwindow", NULL, NULL, NULL);
  g_autoptr (HelioMemo) memo = helio_memo_new ();
  g_autoptr (GByteArray) scratch = g_byte_array_new ();
  double begun = cpu_now ();

  for (int i = 0; i < N_EVENTS; i++)
    {
      guint at = events->order[i];
      HelioEvent event = { .start = i, .data_len = (uint32_t) events->length[at] };
      HelioPublished published;

      g_byte_array_set_size (scratch, 0);
      g_assert_true (helio_rules_publish (rules, bucket, HELIO_SCOPE_HISTORY, &event,
                                          events->data[at], scratch, memo, &published));
    }
  return (cpu_now () - begun) / N_EVENTS * 1e9;
}

static void
test_cost (gconstpointer data)
{
  Events *events = make_events (GPOINTER_TO_INT (data));
  g_autoptr (HelioRules) none = make_rules (0);
  g_autoptr (HelioRules) many = make_rules (G_N_ELEMENTS (patterns));
  double without = run (none, events);
  double with = run (many, events);

  g_test_message ("%d %% new titles: %.0f ns without rules, %.0f ns with 20 regular expressions",
                  GPOINTER_TO_INT (data), without, with);
  g_test_minimized_result (with, "20 regular expressions, ns for each event");
  g_assert_cmpfloat (with - without, <, GPOINTER_TO_INT (data) <= 10 ? TARGET_NS : 20000);
  free_events (events);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/rules/bench/all-seen-before", GINT_TO_POINTER (0), test_cost);
  g_test_add_data_func ("/rules/bench/one-in-ten-is-new", GINT_TO_POINTER (10), test_cost);
  g_test_add_data_func ("/rules/bench/all-new", GINT_TO_POINTER (100), test_cost);
  return g_test_run ();
}
