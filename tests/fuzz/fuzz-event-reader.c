/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The events ActivityWatch answers. In whatever pieces an answer arrives, what is read is the same.
 *
 * Input: "L" for a list, else a single event; a byte that decides on the pieces; the answer, in
 * which "~" stands for more than one piece of the network. */

#include "fuzz/fuzz.h"
#include "json/helio-json.h"
#include "model/helio-error.h"
#include "model/helio-event.h"
#include "source/helio-event-reader.h"

#define MAX_FILLERS 3

static GString *
fill (const uint8_t *data, size_t size)
{
  g_autofree char *filler = g_strnfill (70000, 'x');
  GString *text = g_string_new (NULL);
  guint count = 0;

  for (size_t i = 0; i < size; i++)
    if (data[i] == '~' && count++ < MAX_FILLERS)
      g_string_append (text, filler);
    else
      g_string_append_c (text, (char) data[i]);
  return text;
}

/* @most: most bytes of a piece, or 0 for as many as there is room */
static gboolean
read_pieces (const GString *text, gboolean is_list, guint most, HelioPage *page)
{
  g_autoptr (HelioEventReader) reader = helio_event_reader_new (page, is_list);
  g_autoptr (GError) error = NULL;
  gboolean is_good = TRUE;
  uint32_t state = most;

  for (gsize done = 0, piece; done < text->len && is_good; done += piece)
    {
      gsize room;
      char *to = helio_event_reader_get_room (reader, &room);

      g_assert_cmpuint (room, >, 0);
      piece = MIN (room, text->len - done);
      state = state * 1103515245 + 12345;
      if (most > 0)
        piece = MIN (piece, 1 + (state >> 16) % most);
      memcpy (to, text->str + done, piece);
      is_good = helio_event_reader_take (reader, piece, &error);
    }
  is_good = is_good && helio_event_reader_finish (reader, &error);
  if (is_good)
    g_assert_no_error (error);
  else
    g_assert_error (error, HELIO_ERROR, HELIO_ERROR_AW_ANSWER);
  return is_good;
}

static void
check_event (const HelioPage *page, const HelioEvent *event)
{
  const char *data = helio_page_event_data (page, event);
  const char *text;
  gsize length;
  HelioJson json;

  g_assert_cmpuint ((gsize) event->data + event->data_len, <=, page->data->len);
  g_assert_cmpint (event->duration, >=, 0);
  helio_json_init (&json, data, event->data_len);
  g_assert_true (helio_json_take_value (&json, &text, &length) && helio_json_finish (&json));
  g_assert_cmpuint (length, ==, event->data_len);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (HelioPage) whole = helio_page_new ();
  g_autoptr (HelioPage) pieces = helio_page_new ();
  g_autoptr (GString) text = NULL;
  gboolean is_list, is_good;

  if (size < 2)
    return 0;
  is_list = data[0] == 'L';
  text = fill (data + 2, size - 2);
  is_good = read_pieces (text, is_list, 0, whole);
  g_assert_true (read_pieces (text, is_list, 1 + data[1] * (text->len > 10000 ? 100 : 1), pieces)
                 == is_good);
  if (!is_good)
    return 0;

  g_assert_cmpuint (whole->events->len, ==, pieces->events->len);
  for (guint i = 0; i < whole->events->len; i++)
    {
      const HelioEvent *one = helio_page_event (whole, i);
      const HelioEvent *two = helio_page_event (pieces, i);

      check_event (whole, one);
      g_assert_cmpint (one->start, ==, two->start);
      g_assert_cmpint (one->duration, ==, two->duration);
      g_assert_cmpint (one->id, ==, two->id);
      g_assert_cmpmem (helio_page_event_data (whole, one), one->data_len,
                       helio_page_event_data (pieces, two), two->data_len);
    }
  return 0;
}
