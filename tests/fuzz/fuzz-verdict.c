/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What an answer means. Whatever a server says, a message for people is short and plain text, and
 * never holds the token.
 *
 * Input, a line each: status, Location, Retry-After, Date; then the body. */

#include <stdlib.h>

#include "destination/helio-verdict.h"
#include "fuzz/fuzz.h"
#include "model/helio-error.h"

#define TOKEN "hg_0123456789"
#define MAX_CHARS 1000

static void
check_message (GError *error)
{
  if (error == NULL)
    return;
  g_assert_true (error->domain == HELIO_ERROR);
  g_assert_null (strstr (error->message, TOKEN));
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_cmpint (g_utf8_strlen (error->message, -1), <=, MAX_CHARS);
  for (const char *at = error->message; *at != '\0'; at = g_utf8_next_char (at))
    {
      GUnicodeType type = g_unichar_type (g_utf8_get_char (at));

      g_assert_true (type != G_UNICODE_CONTROL && type != G_UNICODE_FORMAT);
    }
}

/* The next line, as a header: without what HTTP itself does not let through. NULL if it is empty.
 */
static char *
take_line (const char **at, const char *end)
{
  const char *line = *at;
  const char *stop = memchr (line, '\n', (size_t) (end - line));
  gsize length = (gsize) ((stop != NULL ? stop : end) - line);
  char *text = g_strndup (line, length);

  *at = stop != NULL ? stop + 1 : end;
  if (*text == '\0')
    g_clear_pointer (&text, g_free);
  return text;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const char *at = (const char *) data, *end = at + size;
  g_autofree char *status = take_line (&at, end);
  g_autoptr (GUri) base = g_uri_parse ("https://example.org/status", SOUP_HTTP_URI_FLAGS, NULL);
  HelioReply *reply = g_new0 (HelioReply, 1);
  HelioAsked asked = { .base = base, .name = "example.org", .token = TOKEN, .seq = 7 };
  GError *error = NULL;
  int seconds;

  reply->status = status != NULL ? (guint) atoi (status) % 600 : 0;
  reply->location = take_line (&at, end);
  reply->retry_after = take_line (&at, end);
  reply->date = take_line (&at, end);
  reply->length = (gsize) (end - at);
  reply->text = g_strndup ("", reply->length);
  memcpy (reply->text, at, reply->length);

  g_assert_true (helio_verdict_on_status (&asked, reply, &error) == (error == NULL));
  check_message (error);
  g_clear_error (&error);

  helio_verdict_on_text (&asked, reply, g_error_new_literal (HELIO_ERROR, HELIO_ERROR_FAILED, "x"),
                         &error);
  g_assert_nonnull (error);
  check_message (error);
  g_clear_error (&error);

  seconds = helio_verdict_retry_after (reply, 1763679000000);
  g_assert_true (seconds >= 0 && seconds <= 86400);
  helio_reply_free (reply);
  return 0;
}
