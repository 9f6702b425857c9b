/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "agent/helio-pauses.h"
#include "model/helio-event.h"
#include "rules/helio-rules.h"

#define NOW (1700000000 * HELIO_SECOND)

/* A machine with two clocks. */
typedef struct
{
  HelioPauses *pauses;
  int64_t now;
  int64_t boot;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  fixture->pauses = helio_pauses_new ();
  fixture->now = NOW;
  fixture->boot = HELIO_HOUR;
}

static void
tear_down (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  helio_pauses_free (fixture->pauses);
}

static void
pass (Fixture *fixture, int64_t ms)
{
  fixture->now += ms;
  fixture->boot += ms;
}

/* Time goes by under the eyes of the agent. */
static void
watch (Fixture *fixture, int64_t ms)
{
  for (; ms > 0; ms -= 5 * HELIO_SECOND)
    {
      pass (fixture, MIN (ms, 5 * HELIO_SECOND));
      g_assert_false (helio_pauses_look (fixture->pauses, fixture->now, fixture->boot));
    }
}

/* The clock is set, between two looks. */
static void
jump (Fixture *fixture, int64_t ms)
{
  pass (fixture, 2 * HELIO_SECOND);
  fixture->now += ms;
  pass (fixture, 3 * HELIO_SECOND);
  g_assert_true (helio_pauses_look (fixture->pauses, fixture->now, fixture->boot));
  g_assert_false (helio_pauses_look (fixture->pauses, fixture->now, fixture->boot));
}

static void
begin (Fixture *fixture, int64_t until)
{
  helio_pauses_begin (fixture->pauses, until, fixture->now, fixture->boot);
}

static void
end (Fixture *fixture, gboolean publishes_gap)
{
  g_autoptr (GArray) pieces
      = helio_pauses_end (fixture->pauses, publishes_gap, fixture->now, fixture->boot);

  g_assert_cmpuint (pieces->len, >=, 1);
  g_assert_cmpuint (fixture->pauses->n_pieces, ==, 0);
}

/* The agent is started anew, after @ms of which it saw nothing. */
static void
restart (Fixture *fixture, int64_t ms)
{
  g_autoptr (GArray) stored = helio_pauses_get_stored (fixture->pauses);

  fixture->now += ms;
  fixture->boot = HELIO_MINUTE;
  helio_pauses_free (fixture->pauses);
  fixture->pauses = helio_pauses_new ();
  helio_pauses_load (fixture->pauses, stored, fixture->now, fixture->boot);
}

static gboolean
is_covered (Fixture *fixture, int64_t time)
{
  g_autoptr (HelioRules) rules = helio_rules_new (fixture->pauses->list);

  return helio_rules_get_pause (rules, time, NULL);
}

static void
test_covers_its_time (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  begin (fixture, HELIO_TIME_MAX);
  watch (fixture, HELIO_HOUR);
  restart (fixture, HELIO_HOUR);
  g_assert_cmpuint (fixture->pauses->n_pieces, ==, 1);
  end (fixture, FALSE);
  g_assert_false (is_covered (fixture, NOW - 1));
  g_assert_true (is_covered (fixture, NOW));
  g_assert_true (is_covered (fixture, fixture->now));
  g_assert_false (is_covered (fixture, fixture->now + 1));
  restart (fixture, 0);
  g_assert_cmpuint (fixture->pauses->n_pieces, ==, 0);
  g_assert_true (is_covered (fixture, NOW));
}

static void
test_set_back (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  int64_t set_at;

  begin (fixture, HELIO_TIME_MAX);
  watch (fixture, 10 * HELIO_MINUTE);
  jump (fixture, -3 * HELIO_HOUR);
  set_at = fixture->now - 3 * HELIO_SECOND;
  watch (fixture, 20 * HELIO_MINUTE);
  end (fixture, FALSE);
  /* By the new clock, by the old one, and nothing else. */
  g_assert_true (is_covered (fixture, set_at));
  g_assert_true (is_covered (fixture, fixture->now - 1));
  g_assert_true (is_covered (fixture, NOW));
  g_assert_true (is_covered (fixture, NOW + 10 * HELIO_MINUTE + 2 * HELIO_SECOND));
  g_assert_false (is_covered (fixture, set_at - 10 * HELIO_SECOND));
  g_assert_false (is_covered (fixture, fixture->now + 1));
  g_assert_false (is_covered (fixture, NOW - 1));
  g_assert_false (is_covered (fixture, NOW + 11 * HELIO_MINUTE));
}

static void
test_wrong_for_a_minute (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  begin (fixture, HELIO_TIME_MAX);
  watch (fixture, HELIO_MINUTE);
  jump (fixture, -50 * 365 * HELIO_DAY);
  watch (fixture, HELIO_MINUTE);
  jump (fixture, 100 * 365 * HELIO_DAY);
  watch (fixture, HELIO_MINUTE);
  jump (fixture, -50 * 365 * HELIO_DAY);
  watch (fixture, HELIO_MINUTE);
  end (fixture, FALSE);
  g_assert_true (is_covered (fixture, NOW));
  g_assert_true (is_covered (fixture, fixture->now - 1));
  g_assert_true (is_covered (fixture, NOW - 50 * 365 * HELIO_DAY + 90 * HELIO_SECOND));
  g_assert_true (is_covered (fixture, NOW + 50 * 365 * HELIO_DAY + 150 * HELIO_SECOND));
  /* The years between stay published. */
  g_assert_false (is_covered (fixture, NOW - 49 * 365 * HELIO_DAY));
  g_assert_false (is_covered (fixture, NOW - HELIO_MINUTE));
  g_assert_false (is_covered (fixture, fixture->now + HELIO_MINUTE));
}

static void
test_set_back_unseen (Fixture *fixture, gconstpointer data)
{
  gboolean is_timed = GPOINTER_TO_INT (data);
  int64_t set_at;

  begin (fixture, is_timed ? NOW + 2 * HELIO_DAY : HELIO_TIME_MAX);
  watch (fixture, 10 * HELIO_MINUTE);
  restart (fixture, -3 * HELIO_HOUR);
  set_at = fixture->now;
  g_assert_cmpuint (fixture->pauses->n_pieces, ==, 2);
  watch (fixture, 20 * HELIO_MINUTE);
  restart (fixture, HELIO_MINUTE);
  g_assert_cmpuint (fixture->pauses->n_pieces, ==, 2);
  end (fixture, FALSE);
  g_assert_true (is_covered (fixture, set_at));
  g_assert_true (is_covered (fixture, fixture->now));
  g_assert_false (is_covered (fixture, fixture->now + 1));
  /* How far the old clock went is not known. */
  g_assert_true (is_covered (fixture, NOW));
  g_assert_true (is_covered (fixture, NOW + 12 * HELIO_HOUR));
  g_assert_false (is_covered (fixture, NOW + HELIO_DAY));
  restart (fixture, HELIO_HOUR);
  g_assert_cmpuint (fixture->pauses->n_pieces, ==, 0);
}

/* The machine has no clock of its own: it is 1970 until the network tells. */
static void
test_starts_in_1970 (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  begin (fixture, HELIO_TIME_MAX);
  watch (fixture, 10 * HELIO_MINUTE);
  restart (fixture, -NOW);
  watch (fixture, 10 * HELIO_SECOND);
  jump (fixture, NOW + HELIO_DAY);
  watch (fixture, HELIO_MINUTE);
  end (fixture, FALSE);
  g_assert_true (is_covered (fixture, NOW));
  g_assert_true (is_covered (fixture, NOW + 10 * HELIO_HOUR));
  g_assert_true (is_covered (fixture, fixture->now));
  g_assert_false (is_covered (fixture, fixture->now + 1));
  g_assert_false (is_covered (fixture, NOW - 1));
}

/* After the end of a timed pause a clock that is set back makes no pause of it again. */
static void
test_over_is_over (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  begin (fixture, NOW + HELIO_HOUR);
  watch (fixture, HELIO_MINUTE);
  end (fixture, FALSE);
  restart (fixture, -2 * HELIO_HOUR);
  g_assert_cmpuint (fixture->pauses->n_pieces, ==, 0);
  g_assert_true (is_covered (fixture, NOW + HELIO_SECOND));
  restart (fixture, 2 * HELIO_HOUR);
  g_assert_cmpuint (fixture->pauses->n_pieces, ==, 0);
}

static void
test_timed (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  begin (fixture, NOW + HELIO_HOUR);
  jump (fixture, 2 * HELIO_HOUR);
  end (fixture, FALSE);
  g_assert_true (is_covered (fixture, NOW + 4 * HELIO_SECOND));
  g_assert_false (is_covered (fixture, NOW + HELIO_MINUTE));
  g_assert_false (is_covered (fixture, fixture->now));
  restart (fixture, -3 * HELIO_HOUR);
  g_assert_cmpuint (fixture->pauses->n_pieces, ==, 0);
}

static void
test_another_end (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  begin (fixture, NOW + HELIO_HOUR);
  jump (fixture, -2 * HELIO_HOUR);
  begin (fixture, HELIO_TIME_MAX);
  g_assert_cmpuint (fixture->pauses->n_pieces, ==, 2);
  restart (fixture, 4 * HELIO_HOUR);
  g_assert_cmpuint (fixture->pauses->n_pieces, ==, 1);
  g_assert_cmpint (fixture->pauses->until, ==, HELIO_TIME_MAX);
  end (fixture, FALSE);
  g_assert_true (is_covered (fixture, NOW - HELIO_HOUR));
}

static void
test_publishes_the_gap (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  begin (fixture, HELIO_TIME_MAX);
  pass (fixture, HELIO_MINUTE);
  end (fixture, FALSE);
  watch (fixture, HELIO_MINUTE);
  begin (fixture, HELIO_TIME_MAX);
  jump (fixture, -HELIO_HOUR);
  end (fixture, TRUE);
  /* The pause before has its own say. */
  g_assert_cmpuint (fixture->pauses->list->len, ==, 1);
  g_assert_true (is_covered (fixture, NOW));
  g_assert_false (is_covered (fixture, NOW + HELIO_MINUTE + 1));
}

/* Seconds in a suspend count for one clock as for the other. */
static void
test_sleep_is_no_jump (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  begin (fixture, HELIO_TIME_MAX);
  pass (fixture, 8 * HELIO_HOUR + 50);
  g_assert_false (helio_pauses_look (fixture->pauses, fixture->now + 50, fixture->boot));
  g_assert_cmpuint (fixture->pauses->n_pieces, ==, 1);
}

#define ADD(name, data, test)                                                                      \
  g_test_add ("/agent/pauses/" name, Fixture, data, set_up, test, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("covers-its-time", NULL, test_covers_its_time);
  ADD ("clock-set-back", NULL, test_set_back);
  ADD ("clock-wrong-for-a-minute", NULL, test_wrong_for_a_minute);
  ADD ("clock-set-back-unseen", GINT_TO_POINTER (FALSE), test_set_back_unseen);
  ADD ("clock-set-back-unseen-while-timed", GINT_TO_POINTER (TRUE), test_set_back_unseen);
  ADD ("starts-in-1970", NULL, test_starts_in_1970);
  ADD ("over-is-over", NULL, test_over_is_over);
  ADD ("timed", NULL, test_timed);
  ADD ("another-end", NULL, test_another_end);
  ADD ("publishes-the-gap", NULL, test_publishes_the_gap);
  ADD ("sleep-is-no-jump", NULL, test_sleep_is_no_jump);
  return g_test_run ();
}
