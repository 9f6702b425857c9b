/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "model/helio-error.h"
#include "source/helio-event-reader.h"

/* Gives @text to a reader in pieces of @piece bytes. */
static gboolean
read_text (
    HelioPage *page, const char *text, gsize length, gsize piece, gboolean is_list, GError **error)
{
  g_autoptr (HelioEventReader) reader = helio_event_reader_new (page, is_list);

  while (length > 0)
    {
      gsize room;
      char *at = helio_event_reader_get_room (reader, &room);
      gsize some = MIN (MIN (room, piece), length);

      g_assert_cmpuint (room, >, 0);
      memcpy (at, text, some);
      text += some;
      length -= some;
      if (!helio_event_reader_take (reader, some, error))
        return FALSE;
    }
  return helio_event_reader_finish (reader, error);
}

static const char python[]
    = "[{\"id\": 7, \"timestamp\": \"2026-11-01T10:00:20.123000+00:00\", \"duration\": 10.1234567, "
      "\"data\": {\"title\": \"caf\\u00e9\", \"app\": \"x\"}}, {\"id\": 8, \"timestamp\": "
      "\"2026-11-01T10:00:00+00:00\", \"duration\": -3, \"data\": {\"n\": NaN}}]\n";
static const char rust[]
    = "[{\"id\":7,\"timestamp\":\"2026-11-01T10:00:20.123999999Z\",\"duration\":10.1234567,"
      "\"data\":"
      "{\"app\":\"x\",\"title\":\"caf\xc3\xa9\"}},{\"id\":8,\"timestamp\":\"2026-11-01T10:00:00Z\","
      "\"duration\":0.0,\"data\":{\"n\":null}}]";

static void
check_two_events (const HelioPage *page)
{
  const HelioEvent *event = helio_page_event (page, 0);

  g_assert_cmpuint (page->events->len, ==, 2);
  g_assert_cmpint (event->id, ==, 7);
  g_assert_cmpint (event->start, ==, 1793527220123);
  g_assert_cmpint (event->duration, ==, 10123);
  g_assert_cmpmem (helio_page_event_data (page, event), event->data_len,
                   "{\"app\":\"x\",\"title\":\"caf\xc3\xa9\"}", 27);
  event = helio_page_event (page, 1);
  g_assert_cmpint (event->id, ==, 8);
  g_assert_cmpint (event->start, ==, 1793527200000);
  g_assert_cmpint (event->duration, ==, 0);
  g_assert_cmpmem (helio_page_event_data (page, event), event->data_len, "{\"n\":null}", 10);
}

static void
test_pieces (void)
{
  const char *const texts[] = { python, rust };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    for (gsize piece = 1; piece < 400; piece++)
      {
        g_autoptr (HelioPage) page = helio_page_new ();
        g_autoptr (GError) error = NULL;

        g_assert_true (read_text (page, texts[i], strlen (texts[i]), piece, TRUE, &error));
        g_assert_no_error (error);
        check_two_events (page);
      }
}

static void
test_cut (void)
{
  gsize length = strlen (rust);

  for (gsize cut = 0; cut < length; cut++)
    {
      g_autoptr (HelioPage) page = helio_page_new ();
      g_autoptr (GError) error = NULL;

      g_assert_false (read_text (page, rust, cut, 50, TRUE, &error));
      g_assert_error (error, HELIO_ERROR, HELIO_ERROR_AW_ANSWER);
    }
}

static void
test_garbage (void)
{
  const char *const texts[] = {
    "null",
    "{}",
    "<html>",
    "[] []",
    "[1]",
    "[,]",
    "[{}]",
    "[{\"id\":1,\"timestamp\":\"2026-11-01T10:00:00Z\",\"duration\":1,\"data\":{}},]",
    "[{\"id\":1,\"timestamp\":\"2026-11-01T10:00:00Z\",\"duration\":1,\"data\":{}} {}]",
    "[{\"timestamp\":\"2026-11-01T10:00:00Z\",\"duration\":1,\"data\":{}}]",
    "[{\"id\":1.5,\"timestamp\":\"2026-11-01T10:00:00Z\",\"duration\":1,\"data\":{}}]",
    "[{\"id\":1,\"timestamp\":\"yesterday\",\"duration\":1,\"data\":{}}]",
    "[{\"id\":1,\"timestamp\":7,\"duration\":1,\"data\":{}}]",
    "[{\"id\":1,\"timestamp\":\"2026-11-01T10:00:00Z\",\"duration\":\"1\",\"data\":{}}]",
    "[{\"id\":1,\"timestamp\":\"2026-11-01T10:00:00Z\",\"duration\":1}]",
    "[{\"id\":1,\"timestamp\":\"2026-11-01T10:00:00Z\",\"duration\":1,\"data\":{\"a\":\"\xff\"}}]",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (HelioPage) page = helio_page_new ();
      g_autoptr (GError) error = NULL;

      g_assert_false (read_text (page, texts[i], strlen (texts[i]), 1000, TRUE, &error));
      g_assert_error (error, HELIO_ERROR, HELIO_ERROR_AW_ANSWER);
    }
}

static void
test_empty (void)
{
  g_autoptr (HelioPage) page = helio_page_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (read_text (page, " [ ] \n", 6, 1, TRUE, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (page->events->len, ==, 0);
}

static void
test_single (void)
{
  const char *text = "{\"data\":[1, 2],\"id\":5,\"other\":{},\"duration\":1e1,"
                     "\"timestamp\":\"1969-12-31T23:59:59.9999Z\"}\n";
  g_autoptr (HelioPage) page = helio_page_new ();
  g_autoptr (GError) error = NULL;
  const HelioEvent *event;

  g_assert_true (read_text (page, text, strlen (text), 7, FALSE, &error));
  g_assert_no_error (error);
  event = helio_page_event (page, 0);
  g_assert_cmpint (event->start, ==, -1);
  g_assert_cmpint (event->duration, ==, 10000);
  g_assert_cmpmem (helio_page_event_data (page, event), event->data_len, "[1,2]", 5);
}

/* An event of many pieces must not be scanned anew with each: this would take minutes. */
static void
test_large (void)
{
  g_autoptr (GString) text = g_string_new ("[{\"id\":1,\"timestamp\":\"2026-11-01T10:00:00Z\","
                                           "\"duration\":1,\"data\":{\"t\":\"");
  g_autoptr (HelioPage) page = helio_page_new ();
  g_autoptr (GError) error = NULL;
  gsize head = text->len;

  g_string_set_size (text, head + 20 * 1024 * 1024);
  memset (text->str + head, 'x', 20 * 1024 * 1024);
  g_string_append (text, "\"}}]");
  g_test_timer_start ();
  g_assert_true (read_text (page, text->str, text->len, 100, TRUE, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (helio_page_event (page, 0)->data_len, ==, 20 * 1024 * 1024 + 8);
  g_assert_cmpfloat (g_test_timer_elapsed (), <, 10);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/source/event-reader/reads-in-any-pieces", test_pieces);
  g_test_add_func ("/source/event-reader/refuses-what-is-cut", test_cut);
  g_test_add_func ("/source/event-reader/refuses-garbage", test_garbage);
  g_test_add_func ("/source/event-reader/reads-no-events", test_empty);
  g_test_add_func ("/source/event-reader/reads-one-event", test_single);
  g_test_add_func ("/source/event-reader/scans-a-large-event-few-times", test_large);
  return g_test_run ();
}
