/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "window/helio-log-entry.h"

/* 2026-03-01 14:05:09 UTC */
#define MOMENT (G_GINT64_CONSTANT (1772373909) * 1000)
#define DAY (G_GINT64_CONSTANT (86400) * 1000)

static HelioLogEntry *
make (int64_t time, const char *level, const char *message)
{
  g_autoptr (GVariant) variant
      = g_variant_ref_sink (g_variant_new ("(uxsss)", 7, time, level, "helio-sync", message));

  return helio_log_entry_new (variant);
}

static void
test_line (void)
{
  g_autoptr (HelioLogEntry) entry = make (MOMENT + 999, "info", "Bucket a: 3 events read");
  g_autofree char *line = helio_log_entry_dup_line (entry);
  g_autofree char *time = helio_log_entry_dup_time (entry);
  g_autofree char *day = helio_log_entry_dup_day (entry);

  g_assert_cmpuint (helio_log_entry_get_serial (entry), ==, 7);
  g_assert_cmpstr (line, ==, "2026-03-01 14:05:09  info     helio-sync: Bucket a: 3 events read\n");
  g_assert_cmpstr (time, ==, "14:05:09");
  g_assert_cmpstr (day, ==, "Sunday, 1 March 2026");
}

static void
test_days (void)
{
  g_autoptr (HelioLogEntry) entry = make (MOMENT, "info", "");
  g_autoptr (HelioLogEntry) later = make (MOMENT + DAY / 4, "info", "");
  g_autoptr (HelioLogEntry) next = make (MOMENT + DAY / 2, "info", "");
  g_autoptr (HelioLogEntry) next_year = make (MOMENT + 365 * DAY, "info", "");

  g_assert_true (helio_log_entry_is_same_day (entry, later));
  g_assert_false (helio_log_entry_is_same_day (entry, next));
  g_assert_false (helio_log_entry_is_same_day (entry, next_year));
}

static void
test_levels (void)
{
  g_autoptr (HelioLogEntry) debug = make (MOMENT, "debug", "");
  g_autoptr (HelioLogEntry) message = make (MOMENT, "message", "");
  g_autoptr (HelioLogEntry) unknown = make (MOMENT, "catastrophe", "");

  g_assert_cmpint (helio_log_entry_get_level (debug), ==, HELIO_LOG_LEVEL_DEBUG);
  g_assert_cmpint (helio_log_entry_get_level (message), ==, HELIO_LOG_LEVEL_MESSAGE);
  g_assert_cmpint (helio_log_entry_get_level (unknown), ==, HELIO_LOG_LEVEL_WARNING);
  g_assert_cmpstr (helio_log_entry_get_level_name (message), ==, "Message");
}

static void
test_search (void)
{
  g_autoptr (HelioLogEntry) entry = make (MOMENT, "info", "Bucket CAFÉ: straße");
  static const char *const found[] = { "", "bucket", "café", "CAFÉ", "STRASSE", ": s" };
  static const char *const not_found[] = { "helio", "tea", "x" };

  for (guint i = 0; i < G_N_ELEMENTS (found); i++)
    {
      g_autofree char *folded = helio_log_fold (found[i]);
      g_assert_true (helio_log_entry_matches (entry, folded));
    }
  for (guint i = 0; i < G_N_ELEMENTS (not_found); i++)
    {
      g_autofree char *folded = helio_log_fold (not_found[i]);
      g_assert_false (helio_log_entry_matches (entry, folded));
    }
}

static void
test_times (void)
{
  static const int64_t times[] = { 0, -1, G_MININT64, G_MAXINT64 };

  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    {
      g_autoptr (HelioLogEntry) entry = make (times[i], "info", "");
      g_autofree char *line = helio_log_entry_dup_line (entry);

      g_assert_nonnull (line);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/window/log-entry/is-written-as-the-command-line-prints-it", test_line);
  g_test_add_func ("/window/log-entry/knows-its-day", test_days);
  g_test_add_func ("/window/log-entry/is-not-hidden-for-an-unknown-level", test_levels);
  g_test_add_func ("/window/log-entry/is-found-whatever-the-case", test_search);
  g_test_add_func ("/window/log-entry/bears-any-time", test_times);
  return g_test_run ();
}
