/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "agent/helio-target.h"

#include "model/helio-error.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioTarget, helio_target_free)

static HelioTarget *
make_target (void)
{
  g_autoptr (HelioDestinationSettings) settings
      = helio_destination_settings_new ("home", "http://127.0.0.1:1");

  return helio_target_new (settings);
}

static void
fail (HelioTarget *target, HelioError code, const char *message)
{
  g_autoptr (GError) error = g_error_new_literal (HELIO_ERROR, (int) code, message);

  helio_target_fail (target, error, 0);
}

static void
test_answers_again (void)
{
  g_autoptr (HelioTarget) target = make_target ();

  fail (target, HELIO_ERROR_RETRY, "busy");
  g_assert_cmpint (target->state, ==, HELIO_TARGET_OPEN);
  g_assert_cmpstr (target->error, ==, "busy");
  g_assert_cmpint (target->retry_at, >, 0);
  helio_target_succeed (target, 7);
  g_assert_null (target->error);
  g_assert_cmpint (target->retry_at, ==, 0);
  g_assert_cmpint (target->last_success, ==, 7);
}

/* Status and events are asked beside each other: one is refused, and the other ends after it. */
static void
test_stopped_says_why (void)
{
  g_autoptr (HelioTarget) target = make_target ();

  g_test_expect_message ("helio-agent", G_LOG_LEVEL_WARNING, "*is stopped: not known*");
  fail (target, HELIO_ERROR_TOKEN, "not known");
  g_test_assert_expected_messages ();
  helio_target_succeed (target, 7);
  g_assert_cmpint (target->state, ==, HELIO_TARGET_STOPPED);
  g_assert_cmpstr (target->error, ==, "not known");
  g_assert_cmpint (target->last_success, ==, 7);
  fail (target, HELIO_ERROR_RETRY, "busy");
  g_assert_cmpint (target->state, ==, HELIO_TARGET_STOPPED);
  g_assert_cmpstr (target->error, ==, "not known");
  g_assert_true (target->is_refused);
  g_test_expect_message ("helio-agent", G_LOG_LEVEL_WARNING, "*is stopped: of another*");
  fail (target, HELIO_ERROR_CONFLICT, "of another");
  g_test_assert_expected_messages ();
  g_assert_cmpstr (target->error, ==, "of another");

  helio_target_reopen (target);
  g_assert_cmpint (target->state, ==, HELIO_TARGET_OPEN);
  g_assert_null (target->error);
  g_assert_false (target->is_refused);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/agent/target/answers-again", test_answers_again);
  g_test_add_func ("/agent/target/stopped-says-why", test_stopped_says_why);
  return g_test_run ();
}
