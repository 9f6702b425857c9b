/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "window/helio-bucket-status.h"

#include "model/helio-event.h"

#define NOW (G_GINT64_CONSTANT (1764000000) * HELIO_SECOND)

static GVariant *
parse (const char *type, const char *text)
{
  g_autoptr (GError) error = NULL;
  GVariant *value = g_variant_parse (G_VARIANT_TYPE (type), text, NULL, NULL, &error);

  g_assert_no_error (error);
  return value;
}

static void
check_status (const char *bucket_text, const char *progress_text, const char *expected)
{
  g_autoptr (GVariant) bucket = parse ("a{sv}", bucket_text);
  g_autoptr (GVariant) progress = parse ("aa{sv}", progress_text);
  HelioBucketPublished published = helio_bucket_find_published (progress, "b");
  g_autofree char *status = helio_bucket_get_status (bucket, &published, NOW);

  g_assert_cmpstr (status, ==, expected);
}

static void
counts_the_least_complete_destination (void)
{
  g_autoptr (GVariant) progress
      = parse ("aa{sv}", "[{'bucket':<'b'>,'done':<true>,'held':<int64 10>,'rows':<int64 10>,"
                         "'in-aw':<int64 10>},"
                         "{'bucket':<'b'>,'done':<false>,'held':<int64 4>,'rows':<int64 5>,"
                         "'in-aw':<int64 10>},"
                         "{'bucket':<'c'>,'done':<false>,'held':<int64 1>,'rows':<int64 1>,"
                         "'in-aw':<int64 10>}]");
  HelioBucketPublished published = helio_bucket_find_published (progress, "b");

  g_assert_true (published.is_known);
  g_assert_true (published.is_held);
  g_assert_false (published.is_done);
  g_assert_cmpint (published.held, ==, 4);
  g_assert_cmpint (published.in_aw, ==, 10);
  g_assert_cmpfloat (published.fraction, ==, 0.5);
}

static void
is_not_done_where_nobody_keeps_history (void)
{
  HelioBucketPublished published = helio_bucket_find_published (NULL, "b");

  g_assert_false (published.is_known);
  g_assert_false (published.is_done);
  g_assert_false (published.is_held);
}

static void
can_not_tell_how_far_it_is_without_a_count (void)
{
  g_autoptr (GVariant) progress
      = parse ("aa{sv}", "[{'bucket':<'b'>,'done':<false>,'held':<int64 4>,'rows':<int64 5>,"
                         "'in-aw':<int64 -1>}]");
  HelioBucketPublished published = helio_bucket_find_published (progress, "b");

  g_assert_true (published.is_known);
  g_assert_cmpfloat (published.fraction, <, 0);
}

static void
says_what_is_published (void)
{
  check_status ("{'enabled':<true>,'in-aw':<int64 10>}",
                "[{'bucket':<'b'>,'done':<true>,'held':<int64 10>,'rows':<int64 10>,"
                "'in-aw':<int64 10>}]",
                "10 events published");
  check_status ("{'enabled':<true>,'in-aw':<int64 10>}",
                "[{'bucket':<'b'>,'done':<false>,'held':<int64 4>,'rows':<int64 4>,"
                "'in-aw':<int64 10>}]",
                "4 of 10 events published");
  /* All is there, and read again. */
  check_status ("{'enabled':<true>,'in-aw':<int64 10>}",
                "[{'bucket':<'b'>,'done':<false>,'held':<int64 10>,'rows':<int64 10>,"
                "'in-aw':<int64 10>}]",
                "10 events published");
  /* Rules and the first day of history hold some back. */
  check_status ("{'enabled':<true>,'in-aw':<int64 10>}",
                "[{'bucket':<'b'>,'done':<true>,'held':<int64 4>,'rows':<int64 10>,"
                "'in-aw':<int64 10>}]",
                "4 of 10 events published");
  check_status ("{'enabled':<true>,'in-aw':<int64 -1>}",
                "[{'bucket':<'b'>,'done':<false>,'held':<int64 1>,'rows':<int64 1>,"
                "'in-aw':<int64 -1>}]",
                "1 event published");
}

static void
says_what_a_bucket_that_is_off_has (void)
{
  check_status ("{'enabled':<false>,'in-aw':<int64 1>}", "[]", "1 event in ActivityWatch");
  check_status ("{'enabled':<false>,'in-aw':<int64 0>}", "[]", "No events yet");
  check_status ("{'enabled':<false>,'in-aw':<int64 -1>}", "[]", "");
  g_autofree char *bucket = g_strdup_printf (
      "{'enabled':<false>,'in-aw':<int64 7>,'last-event':<int64 %" G_GINT64_FORMAT ">}",
      NOW - 12 * HELIO_MINUTE);
  check_status (bucket, "[]", "7 events in ActivityWatch · last event 12 min ago");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/window/bucket-status/counts-the-least-complete-destination",
                   counts_the_least_complete_destination);
  g_test_add_func ("/window/bucket-status/is-not-done-where-nobody-keeps-history",
                   is_not_done_where_nobody_keeps_history);
  g_test_add_func ("/window/bucket-status/can-not-tell-how-far-it-is-without-a-count",
                   can_not_tell_how_far_it_is_without_a_count);
  g_test_add_func ("/window/bucket-status/says-what-is-published", says_what_is_published);
  g_test_add_func ("/window/bucket-status/says-what-a-bucket-that-is-off-has",
                   says_what_a_bucket_that_is_off_has);
  return g_test_run ();
}
