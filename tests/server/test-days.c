/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Hours per day in the owner's time zone, where a day need not have 24 of them. The clock is
 * given, so every change of it is there to be tested. */

#include <glib/gstdio.h>
#include <string.h>

#include "server/helio-days.h"
#include "server/helio-store.h"

typedef struct
{
  char *dir;
  HelioStore *store;
  HelioDays *days;
  int64_t seq;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *token = NULL;

  (void) data;
  fixture->dir = g_dir_make_tmp ("heliograph-days-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->store = helio_store_open (fixture->dir, HELIO_STORE_SERVE, &error);
  g_assert_no_error (error);
  token = helio_store_add_token (fixture->store, "laptop", FALSE, 0, &error);
  g_assert_no_error (error);
  fixture->days = helio_days_new (fixture->store);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  static const char *const names[]
      = { "receiver.sqlite", "receiver.sqlite-wal", "receiver.sqlite-shm", "receiver.lock" };

  (void) data;
  helio_days_free (fixture->days);
  helio_store_close (fixture->store);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (fixture->dir, names[i], NULL);

      g_remove (path);
    }
  g_assert_cmpint (g_rmdir (fixture->dir), ==, 0);
  g_free (fixture->dir);
}

static int64_t
at (const char *iso)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (iso, NULL);

  g_assert_nonnull (time);
  return g_date_time_to_unix (time) * 1000;
}

static void
add_status (Fixture *fixture, const char *from, const char *to, const char *status)
{
  int64_t start = at (from);
  g_autofree char *body = g_strdup_printf (
      "{\"seq\":%" G_GINT64_FORMAT ",\"bucket\":{\"id\":\"afk\",\"type\":\"afkstatus\","
      "\"client\":\"c\",\"hostname\":\"h\"},\"upsert\":[{\"start\":%" G_GINT64_FORMAT
      ",\"duration\":%" G_GINT64_FORMAT ",\"check\":1,\"data\":{\"status\":\"%s\"}}]}",
      ++fixture->seq, start, at (to) - start, status);
  g_autoptr (GError) error = NULL;
  g_autoptr (HelioEventsRequest) request
      = helio_events_request_parse (body, strlen (body), 10, &error);
  HelioApplied applied;

  g_assert_no_error (error);
  helio_store_apply (fixture->store, 1, request, &applied, &error);
  g_assert_no_error (error);
  g_assert_cmpint (applied.stored, ==, 1);
}

static void
add_active (Fixture *fixture, const char *from, const char *to)
{
  add_status (fixture, from, to, "not-afk");
}

static void
assert_days (
    Fixture *fixture, const char *zone, const char *now, guint n_days, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) devices = NULL;
  g_autoptr (GString) json = g_string_new (NULL);
  HelioDevice *device;

  helio_store_set_device (fixture->store, "laptop", NULL, 1, zone, &error);
  g_assert_no_error (error);
  devices = helio_store_list_devices (fixture->store, &error);
  g_assert_no_error (error);
  device = g_ptr_array_index (devices, 0);
  helio_days_forget (fixture->days, device->id);
  helio_days_read (fixture->days, device, at (now), n_days, json, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (json->str, ==, expected);
}

#define DAY(date, seconds) "{\"date\":\"" date "\",\"active\":" #seconds "}"

/* 29 March 2026: at 02:00 it is 03:00. */
static void
test_a_day_of_23_hours (Fixture *fixture, gconstpointer data)
{
  (void) data;
  add_active (fixture, "2026-03-26T00:00:00Z", "2026-04-02T00:00:00Z");
  assert_days (fixture, "Europe/Berlin", "2026-03-30T22:00:00Z", 4,
               "[" DAY ("2026-03-28", 86400) "," DAY ("2026-03-29", 82800) "," DAY (
                   "2026-03-30", 86400) "," DAY ("2026-03-31", 0) "]");
  /* The day itself while it lasts: midnight was eleven hours ago, though it is noon. */
  assert_days (fixture, "Europe/Berlin", "2026-03-29T10:00:00Z", 2,
               "[" DAY ("2026-03-28", 86400) "," DAY ("2026-03-29", 39600) "]");
}

/* 25 October 2026: at 03:00 it is 02:00 again. */
static void
test_a_day_of_25_hours (Fixture *fixture, gconstpointer data)
{
  (void) data;
  add_active (fixture, "2026-10-22T00:00:00Z", "2026-10-29T00:00:00Z");
  assert_days (fixture, "Europe/Berlin", "2026-10-26T23:00:00Z", 4,
               "[" DAY ("2026-10-24", 86400) "," DAY ("2026-10-25", 90000) "," DAY (
                   "2026-10-26", 86400) "," DAY ("2026-10-27", 0) "]");
  assert_days (fixture, "Europe/Berlin", "2026-10-25T11:00:00Z", 2,
               "[" DAY ("2026-10-24", 86400) "," DAY ("2026-10-25", 46800) "]");
}

static void
test_cuts_at_the_midnights_around_a_change (Fixture *fixture, gconstpointer data)
{
  (void) data;
  /* 23:30 to 00:15 on both sides of the day: the midnights are 23 hours apart, then 25. */
  add_active (fixture, "2026-03-28T22:30:00Z", "2026-03-28T23:15:00Z");
  add_active (fixture, "2026-03-29T21:30:00Z", "2026-03-29T22:15:00Z");
  add_active (fixture, "2026-10-24T21:30:00Z", "2026-10-24T22:15:00Z");
  add_active (fixture, "2026-10-25T22:30:00Z", "2026-10-25T23:15:00Z");
  assert_days (
      fixture, "Europe/Berlin", "2026-03-30T12:00:00Z", 3,
      "[" DAY ("2026-03-28", 1800) "," DAY ("2026-03-29", 2700) "," DAY ("2026-03-30", 900) "]");
  assert_days (
      fixture, "Europe/Berlin", "2026-10-26T12:00:00Z", 3,
      "[" DAY ("2026-10-24", 1800) "," DAY ("2026-10-25", 2700) "," DAY ("2026-10-26", 900) "]");
}

static void
test_an_hour_is_an_hour_over_a_change (Fixture *fixture, gconstpointer data)
{
  (void) data;
  /* 01:30 to 03:30, and 02:30 to 02:30; two watchers agree about half of each */
  add_active (fixture, "2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z");
  add_active (fixture, "2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z");
  add_active (fixture, "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z");
  add_active (fixture, "2026-10-25T01:00:00Z", "2026-10-25T01:15:00Z");
  add_status (fixture, "2026-10-25T02:00:00Z", "2026-10-25T03:00:00Z", "afk");
  assert_days (fixture, "Europe/Berlin", "2026-03-29T20:00:00Z", 1,
               "[" DAY ("2026-03-29", 3600) "]");
  assert_days (fixture, "Europe/Berlin", "2026-10-25T20:00:00Z", 1,
               "[" DAY ("2026-10-25", 3600) "]");
}

/* In Beirut midnight is left out in spring, and comes twice, the second one counting, in autumn;
 * in Havana it comes twice, and the first one counts. */
static void
test_midnight_itself_may_change (Fixture *fixture, gconstpointer data)
{
  (void) data;
  /* Years that are past: what a government decides of a coming one is not known. */
  add_active (fixture, "2022-03-24T00:00:00Z", "2022-03-31T00:00:00Z");
  add_active (fixture, "2022-10-27T00:00:00Z", "2022-11-10T00:00:00Z");
  assert_days (fixture, "Asia/Beirut", "2022-03-28T21:00:00Z", 4,
               "[" DAY ("2022-03-26", 86400) "," DAY ("2022-03-27", 82800) "," DAY (
                   "2022-03-28", 86400) "," DAY ("2022-03-29", 0) "]");
  assert_days (fixture, "Asia/Beirut", "2022-10-30T22:00:00Z", 4,
               "[" DAY ("2022-10-28", 86400) "," DAY ("2022-10-29", 90000) "," DAY (
                   "2022-10-30", 86400) "," DAY ("2022-10-31", 0) "]");
  assert_days (fixture, "America/Havana", "2022-11-08T05:00:00Z", 4,
               "[" DAY ("2022-11-05", 86400) "," DAY ("2022-11-06", 90000) "," DAY (
                   "2022-11-07", 86400) "," DAY ("2022-11-08", 0) "]");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(name, function) g_test_add (name, Fixture, NULL, set_up, function, tear_down)
  ADD ("/server/days/a-day-of-23-hours", test_a_day_of_23_hours);
  ADD ("/server/days/a-day-of-25-hours", test_a_day_of_25_hours);
  ADD ("/server/days/cuts-at-the-midnights-around-a-change",
       test_cuts_at_the_midnights_around_a_change);
  ADD ("/server/days/an-hour-is-an-hour-over-a-change", test_an_hour_is_an_hour_over_a_change);
  ADD ("/server/days/midnight-itself-may-change", test_midnight_itself_may_change);
#undef ADD
  return g_test_run ();
}
