/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "server/helio-framing.h"

#define TOP "POST /x HTTP/1.1\r\nHost: a\r\n"
#define NEXT "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
#define CHUNKED TOP "Transfer-Encoding: chunked\r\n\r\n"

/* How many bytes pass; checked to be the same for all ways to cut the text in two, and one by
 * one. */
static gsize
pass (const char *text, gsize length, gboolean *is_in_head)
{
  HelioFraming whole = { 0 }, single = { 0 };
  gsize passed = helio_framing_pass (&whole, text, length);
  gsize i = 0;

  *is_in_head = helio_framing_is_in_head (&whole);
  while (i < length && helio_framing_pass (&single, text + i, 1) == 1)
    i++;
  g_assert_cmpuint (i, ==, passed);
  for (gsize cut = 0; cut <= passed; cut++)
    {
      HelioFraming framing = { 0 };

      g_assert_cmpuint (helio_framing_pass (&framing, text, cut), ==, cut);
      g_assert_cmpuint (cut + helio_framing_pass (&framing, text + cut, length - cut), ==, passed);
      g_assert_true (helio_framing_is_in_head (&framing) == *is_in_head);
    }
  return passed;
}

static void
test_good (void)
{
  static const char *const texts[] = {
    NEXT NEXT,
    "\r\n\r\n" NEXT,
    "GET /badge/\xc3\xa4.svg HTTP/1.0\r\n\r\n" NEXT,
    "OPTIONS * HTTP/1.1\r\nHost: a\r\nX:\r\nY: \t a b\t\xe4 \r\n\r\n" NEXT,
    "GET / HTTP/1.1\r\nHost: a\r\nA-name-that-is-longer-than-all-that-matter: x\r\n\r\n" NEXT,
    TOP "Content-Length: 0\r\n\r\n" NEXT,
    TOP "content-length:3 \t\r\n\r\n\r\n\n" NEXT,
    TOP "CONTENT-LENGTH: 0003\r\n\r\nabc" NEXT,
    TOP "Content-Lengthy: 7\r\n\r\n" NEXT,
    CHUNKED "0\r\n\r\n" NEXT,
    CHUNKED "3\r\n\r\n0\r\n0A\r\n0123456789\r\n00\r\n\r\n" NEXT,
    TOP "transfer-encoding:ChUnKeD\r\n\r\n1\r\nx\r\n0\r\n\r\n" NEXT,
  };
  gboolean is_in_head;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *shown = g_strescape (texts[i], NULL);
      g_test_message ("%s", shown);
      g_assert_cmpuint (pass (texts[i], strlen (texts[i]), &is_in_head), ==, strlen (texts[i]));
      g_assert_true (is_in_head);
    }
}

/* Each is a head that ends, so whatever is wrong must have been seen before its end. */
static void
test_bad_heads (void)
{
  static const char *const lines[] = {
    "Content-Length: 3\r\nContent-Length: 3\r\n",
    "Content-Length: 3, 3\r\n",
    "Content-Length: -3\r\n",
    "Content-Length: +3\r\n",
    "Content-Length: 0x3\r\n",
    "Content-Length: 3 3\r\n",
    "Content-Length: 3;a\r\n",
    "Content-Length: 3.0\r\n",
    "Content-Length:\r\n",
    "Content-Length: 9223372036854775808\r\n",
    "Content-Length: 18446744073709551619\r\n",
    "Content-Length: 000000000000000000000000000003\r\n",
    "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
    "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
    "Transfer-Encoding: xchunked\r\n",
    "Transfer-Encoding: chunked, chunked\r\n",
    "Transfer-Encoding: gzip, chunked\r\n",
    "Transfer-Encoding: chunked;a=b\r\n",
    "Transfer-Encoding: \"chunked\"\r\n",
    "Transfer-Encoding: identity\r\n",
    "Transfer-Encoding: \vchunked\r\n",
    "Transfer-Encoding:\r\n",
    "Transfer-Encoding:\r\n chunked\r\n",
    "Transfer-Encoding : chunked\r\n",
    "Transfer-Encoding\t: chunked\r\n",
    "Transfer\x01-Encoding: chunked\r\n",
    "\xd4ransfer-Encoding: chunked\r\n",
    "Content-Length:\r\n\t3\r\n",
    "X: a\r\n Content-Length: 3\r\n",
    " X: a\r\n",
    "X: a\nContent-Length: 3\r\n",
    "X: a\rContent-Length: 3\r\n",
    "X: a\r\rContent-Length: 3\r\n",
    "X: a\x7f\r\n",
    ": a\r\n",
    "no colon\r\n",
    "Host: b\r\n",
  };
  gboolean is_in_head;

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autofree char *text = g_strconcat (TOP, lines[i], "\r\n", NULL);

      g_autofree char *shown = g_strescape (lines[i], NULL);
      g_test_message ("%s", shown);
      g_assert_cmpuint (pass (text, strlen (text), &is_in_head), <, strlen (text));
      g_assert_true (is_in_head);
    }
  g_assert_cmpuint (pass (TOP "X: a\0b\r\n\r\n", strlen (TOP) + 10, &is_in_head), ==,
                    strlen (TOP) + 4);
}

static void
test_bad_requests (void)
{
  static const char *const lines[] = {
    "GET / HTTP/1.1\nHost: a\n\n",
    "GET  / HTTP/1.1\r\n",
    "GET\t/ HTTP/1.1\r\n",
    "GET / HTTP/1.1 \r\n",
    "GET /\r\n",
    "GET / HTTP/1.2\r\n",
    "GET / HTTP/2.0\r\n",
    "GET / HTTP/1.11\r\n",
    "GET / http/1.1\r\n",
    " GET / HTTP/1.1\r\n",
    "GET /a b HTTP/1.1\r\n",
    "GET / HTTP/1.1\r\r\n",
    "G(T / HTTP/1.1\r\n",
    "\nGET / HTTP/1.1\r\n",
    "GET /\x01 HTTP/1.1\r\n",
    "\x16\x03\x01\x02",
    "GET / HTTP/1.1\r\n\n",
    " \r\n",
    "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
  };
  gboolean is_in_head;

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autofree char *second = g_strconcat (NEXT, lines[i], NULL);

      g_autofree char *shown = g_strescape (lines[i], NULL);
      g_test_message ("%s", shown);
      g_assert_cmpuint (pass (lines[i], strlen (lines[i]), &is_in_head), <, strlen (lines[i]));
      g_assert_true (is_in_head);
      g_assert_cmpuint (pass (second, strlen (second), &is_in_head), <, strlen (second));
      g_assert_cmpuint (pass (second, strlen (second), &is_in_head), >=, strlen (NEXT));
    }
}

static void
test_bad_chunks (void)
{
  static const char *const chunks[] = {
    "3;a=b\r\nabc\r\n0\r\n\r\n",
    "3 \r\nabc\r\n0\r\n\r\n",
    " 3\r\nabc\r\n0\r\n\r\n",
    "0x3\r\nabc\r\n0\r\n\r\n",
    "+3\r\nabc\r\n0\r\n\r\n",
    "-3\r\nabc\r\n0\r\n\r\n",
    "3\nabc\r\n0\r\n\r\n",
    "3\r\nabc\n0\r\n\r\n",
    "3\r\nabc0\r\n\r\n",
    "3\r\nabcd\r\n0\r\n\r\n",
    "\r\n0\r\n\r\n",
    "zz\r\n0\r\n\r\n",
    "0\r\nX: y\r\n\r\n",
    "0\n\n",
    "0\r\n\n",
    "0000000000000003\r\nabc",
    "ffffffffffffffff\r\n",
    "10000000000000003\r\nabc",
    "3\r\rabc\r\n0\r\n\r\n",
    "3;\r\nabc\r\n0\r\n\r\n",
    "0;a\r\n\r\n",
  };
  gboolean is_in_head;

  for (guint i = 0; i < G_N_ELEMENTS (chunks); i++)
    {
      g_autofree char *text = g_strconcat (CHUNKED, chunks[i], NULL);

      g_autofree char *shown = g_strescape (chunks[i], NULL);
      g_test_message ("%s", shown);
      g_assert_cmpuint (pass (text, strlen (text), &is_in_head), <, strlen (text));
      g_assert_false (is_in_head);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/server/framing/lets-pass-what-has-one-meaning", test_good);
  g_test_add_func ("/server/framing/stops-in-heads-of-two-meanings", test_bad_heads);
  g_test_add_func ("/server/framing/stops-in-lines-that-are-no-request", test_bad_requests);
  g_test_add_func ("/server/framing/stops-in-unclear-chunks", test_bad_chunks);
  return g_test_run ();
}
