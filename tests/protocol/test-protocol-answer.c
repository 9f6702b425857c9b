/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "model/helio-error.h"
#include "protocol/helio-protocol-answer.h"

#define INFO                                                                                       \
  "\"server\":\"heliograph-server 1\",\"protocol\":1,\"max_events\":5000,\"max_bytes\":16777216,"  \
  "\"now\":1763680000123"

static void
test_info (void)
{
  static const char *const text = "{" INFO ",\"encodings\":[\"br\",\"gzip\"],\"device\":\"laptop\","
                                  "\"store\":\"abc\",\"seq\":9007199254740991,\"new\":{\"a\":[]}}";
  g_autoptr (GError) error = NULL;
  g_autoptr (HelioBackendInfo) info = helio_backend_info_parse (text, strlen (text), &error);

  g_assert_no_error (error);
  g_assert_cmpstr (info->server, ==, "heliograph-server 1");
  g_assert_cmpint (info->protocol, ==, 1);
  g_assert_cmpuint (info->max_events, ==, 5000);
  g_assert_cmpuint (info->max_bytes, ==, 16777216);
  g_assert_true (info->accepts_gzip);
  g_assert_cmpint (info->now, ==, G_GINT64_CONSTANT (1763680000123));
  g_assert_cmpstr (info->device, ==, "laptop");
  g_assert_cmpstr (info->store, ==, "abc");
  g_assert_cmpint (info->seq, ==, G_GINT64_CONSTANT (9007199254740991));
}

static void
test_info_without_token (void)
{
  static const char *const text = "{" INFO ",\"encodings\":[]}";
  g_autoptr (GError) error = NULL;
  g_autoptr (HelioBackendInfo) info = helio_backend_info_parse (text, strlen (text), &error);

  g_assert_no_error (error);
  g_assert_false (info->accepts_gzip);
  g_assert_null (info->device);
  g_assert_null (info->store);
}

static void
test_not_a_backend (void)
{
  static const char *const texts[] = {
    "",
    "<html>",
    "[]",
    "{}",
    "7",
    "{\"server\":\"x\",\"protocol\":1}",
    "{" INFO "",
    "{" INFO "} <",
    "{" INFO ",\"encodings\":\"gzip\"}",
    "{" INFO ",\"seq\":\"1\"}",
    "{\"server\":\"x\",\"protocol\":\"1\",\"max_events\":1,\"max_bytes\":9999,\"now\":1}",
    "{\"server\":\"x\",\"protocol\":1,\"max_events\":0,\"max_bytes\":9999,\"now\":1}",
    "{\"server\":\"x\",\"protocol\":1,\"max_events\":1,\"max_bytes\":9999,\"now\":1.5}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", texts[i]);
      g_assert_null (helio_backend_info_parse (texts[i], strlen (texts[i]), &error));
      g_assert_error (error, HELIO_ERROR, HELIO_ERROR_NOT_A_BACKEND);
    }
}

static void
test_events_answer (void)
{
  static const char *const text
      = "{\"stored\":3,\"unchanged\":2,\"deleted\":1,\"rejected\":[{\"index\":9,\"reason\":"
        "\"data\"},"
        "{\"index\":4,\"reason\":\"something new\"},{\"index\":1,\"reason\":\"too-large\"}]}";
  static const char *const bad[] = {
    "",
    "{}",
    "{\"stored\":-1,\"unchanged\":0}",
    "{\"stored\":1}",
    "{\"stored\":1,\"unchanged\":0,\"rejected\":{}}",
    "{\"stored\":1,\"unchanged\":0,\"rejected\":[{\"reason\":\"data\"}]}",
    "{\"stored\":1,\"unchanged\":0,\"rejected\":[{\"index\":-1}]}",
    "{\"stored\":1,\"unchanged\":0,\"rejected\":[7]}",
    "{\"stored\":1,\"unchanged\":0,\"rejected\":[",
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (HelioEventsAnswer) answer = helio_events_answer_parse (text, strlen (text), &error);
  const HelioRejection *rejected;

  g_assert_no_error (error);
  g_assert_cmpint (answer->stored, ==, 3);
  g_assert_cmpint (answer->unchanged, ==, 2);
  g_assert_cmpint (answer->deleted, ==, 1);
  g_assert_cmpuint (answer->rejected->len, ==, 3);
  rejected = (const HelioRejection *) answer->rejected->data;
  g_assert_cmpuint (rejected[0].index, ==, 1);
  g_assert_cmpstr (rejected[0].reason, ==, "too-large");
  g_assert_cmpstr (rejected[1].reason, ==, "other");
  g_assert_cmpuint (rejected[2].index, ==, 9);

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) problem = NULL;

      g_test_message ("%s", bad[i]);
      g_assert_null (helio_events_answer_parse (bad[i], strlen (bad[i]), &problem));
      g_assert_error (problem, HELIO_ERROR, HELIO_ERROR_FAILED);
    }
}

static void
test_errors (void)
{
  static const char *const conflict = "{\"status\":409,\"message\":\"Too old\",\"seq\":12}";
  g_autofree char *message = helio_error_message_parse (conflict, strlen (conflict));
  int64_t seq = 0;

  g_assert_cmpstr (message, ==, "Too old");
  g_assert_true (helio_conflict_parse (conflict, strlen (conflict), &seq));
  g_assert_cmpint (seq, ==, 12);
  g_assert_false (helio_conflict_parse ("{\"seq\":-1}", 10, &seq));
  g_assert_false (helio_conflict_parse ("{}", 2, &seq));
  g_assert_false (helio_conflict_parse ("<html>", 6, &seq));
  g_assert_cmpint (seq, ==, 12);
  g_assert_null (helio_error_message_parse ("<html>", 6));
  g_assert_null (helio_error_message_parse ("{\"message\":7}", 13));
  g_assert_null (helio_error_message_parse ("", 0));
}

static void
test_lists (void)
{
  static const char *const ranges_text
      = "[{\"from\":10,\"count\":2,\"check\":8589934590},{\"from\":-5,\"count\":1,\"check\":0}]";
  static const char *const keys_text = "{\"keys\":[[5,0,4294967295],[-5,3,0]],\"next\":\"c\"}";
  static const char *const buckets_text
      = "[{\"id\":\"b\",\"type\":\"t\",\"count\":3,\"first\":-1,\"last\":9}]";
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) ranges = helio_ranges_parse (ranges_text, strlen (ranges_text), &error);
  g_autofree char *next = NULL;
  g_autofree char *no_next = NULL;
  g_autoptr (GArray) keys = helio_keys_parse (keys_text, strlen (keys_text), &next, &error);
  g_autoptr (GArray) no_keys
      = helio_keys_parse ("{\"next\":null,\"keys\":[]}", 23, &no_next, &error);
  g_autoptr (GPtrArray) buckets
      = helio_held_buckets_parse (buckets_text, strlen (buckets_text), &error);
  const HelioHeldBucket *bucket;

  g_assert_no_error (error);
  g_assert_cmpuint (ranges->len, ==, 2);
  g_assert_cmpint (g_array_index (ranges, HelioRangeSum, 0).from, ==, -5);
  g_assert_true (g_array_index (ranges, HelioRangeSum, 1).check == G_GUINT64_CONSTANT (8589934590));
  g_assert_cmpuint (keys->len, ==, 2);
  g_assert_cmpint (g_array_index (keys, HelioKey, 1).start, ==, -5);
  g_assert_cmpuint (g_array_index (keys, HelioKey, 1).n, ==, 3);
  g_assert_cmpstr (next, ==, "c");
  g_assert_cmpuint (no_keys->len, ==, 0);
  g_assert_null (no_next);
  g_assert_cmpuint (buckets->len, ==, 1);
  bucket = g_ptr_array_index (buckets, 0);
  g_assert_cmpstr (bucket->id, ==, "b");
  g_assert_cmpstr (bucket->hostname, ==, "");
  g_assert_cmpint (bucket->first, ==, -1);
}

static void
test_bad_lists (void)
{
  static const char *const ranges[] = { "",
                                        "{}",
                                        "[7]",
                                        "[{\"from\":1,\"count\":1}]",
                                        "[{\"from\":1,\"count\":1,\"check\":-1}]",
                                        "[{\"from\":1.5,\"count\":1,\"check\":1}]",
                                        "[] []" };
  static const char *const keys[] = { "",
                                      "[]",
                                      "{}",
                                      "{\"keys\":[[1,2]]}",
                                      "{\"keys\":[[1,2,3,4]]}",
                                      "{\"keys\":[[1,2,\"3\"]]}",
                                      "{\"keys\":[[1,2,3]],\"next\":7}",
                                      "{\"keys\":[[1,2,3]" };
  static const char *const buckets[] = { "",
                                         "{}",
                                         "[7]",
                                         "[{\"id\":\"a\"}]",
                                         "[{\"count\":1}]",
                                         "[{\"id\":\"a\",\"count\":1}",
                                         "[{\"id\":7,\"count\":1}]" };

  for (guint i = 0; i < G_N_ELEMENTS (ranges); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (helio_ranges_parse (ranges[i], strlen (ranges[i]), &error));
      g_assert_error (error, HELIO_ERROR, HELIO_ERROR_FAILED);
    }
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (GError) error = NULL;
      char *next = NULL;

      g_test_message ("%s", keys[i]);
      g_assert_null (helio_keys_parse (keys[i], strlen (keys[i]), &next, &error));
      g_assert_error (error, HELIO_ERROR, HELIO_ERROR_FAILED);
      g_assert_null (next);
    }
  for (guint i = 0; i < G_N_ELEMENTS (buckets); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (helio_held_buckets_parse (buckets[i], strlen (buckets[i]), &error));
      g_assert_error (error, HELIO_ERROR, HELIO_ERROR_FAILED);
    }
}

static void
test_events_back (void)
{
  static const char *const text
      = "{\"events\":[{\"start\":-5,\"n\":1,\"duration\":7,\"check\":4294967295,"
        "\"data\":{\"b\":[1, 2],\"a\":\"x\"}},{\"start\":5,\"duration\":0,\"check\":0,"
        "\"data\":{}}],\"next\":\"c\"}";
  static const char *const bad[]
      = { "",
          "[]",
          "{}",
          "{\"events\":[7]}",
          "{\"events\":[{\"start\":1,\"duration\":0,\"check\":0}]}",
          "{\"events\":[{\"start\":1,\"duration\":0,\"check\":0,\"data\":[]}]}",
          "{\"events\":[{\"start\":1,\"duration\":-1,\"check\":0,\"data\":{}}]}",
          "{\"events\":[{\"duration\":1,\"check\":0,\"data\":{}}]}",
          "{\"events\":[{\"start\":1,\"duration\":0,\"check\":0,\"data\":{}}" };
  g_autoptr (GError) error = NULL;
  g_autofree char *next = NULL;
  g_autoptr (HelioHeldEvents) held = helio_held_events_parse (text, strlen (text), &next, &error);
  const HelioHeldEvent *event;

  g_assert_no_error (error);
  g_assert_cmpstr (next, ==, "c");
  g_assert_cmpuint (held->events->len, ==, 2);
  event = &g_array_index (held->events, HelioHeldEvent, 0);
  g_assert_cmpint (event->start, ==, -5);
  g_assert_cmpuint (event->n, ==, 1);
  g_assert_cmpint (event->duration, ==, 7);
  g_assert_cmpuint (event->check, ==, G_MAXUINT32);
  /* Canonical, whatever the backend made of it. */
  g_assert_cmpmem (held->data->data + event->at, event->length, "{\"a\":\"x\",\"b\":[1,2]}", 19);
  event++;
  g_assert_cmpuint (event->n, ==, 0);
  g_assert_cmpmem (held->data->data + event->at, event->length, "{}", 2);

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *none = NULL;

      g_assert_null (helio_held_events_parse (bad[i], strlen (bad[i]), &none, &error));
      g_assert_error (error, HELIO_ERROR, HELIO_ERROR_FAILED);
      g_clear_error (&error);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/protocol/answer/describes-the-backend", test_info);
  g_test_add_func ("/protocol/answer/describes-the-backend-without-a-token",
                   test_info_without_token);
  g_test_add_func ("/protocol/answer/tells-what-is-no-backend", test_not_a_backend);
  g_test_add_func ("/protocol/answer/counts-events-and-rejections", test_events_answer);
  g_test_add_func ("/protocol/answer/reads-conflicts-and-messages", test_errors);
  g_test_add_func ("/protocol/answer/reads-ranges-keys-and-buckets", test_lists);
  g_test_add_func ("/protocol/answer/refuses-malformed-lists", test_bad_lists);
  g_test_add_func ("/protocol/answer/reads-events-back", test_events_back);
  return g_test_run ();
}
