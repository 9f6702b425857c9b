/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Peers that cut, drip, say nothing or something else than HTTP. */

#include <string.h>

#include "destination/helio-destination.h"
#include "model/helio-error.h"

#include "raw-peer.h"

#define TOKEN "hg_0123456789012345678901234567890123456789012"
#define BODY "{\"seq\":41,\"bucket\":{\"id\":\"b\"},\"delete\":[],\"upsert\":[]}"
#define TAKEN "{\"stored\":1,\"unchanged\":2,\"deleted\":3,\"rejected\":[]}"
#define LARGE (256 * 1024)

/* Only a hang is longer: far above what a busy machine needs, far below the real deadlines. */
#define AT_ONCE_US (8 * G_TIME_SPAN_SECOND)

static HelioDestination *
destination_at (const char *scheme, guint port)
{
  g_autofree char *url = g_strdup_printf ("%s://127.0.0.1:%u", scheme, port);
  g_autoptr (GError) error = NULL;
  HelioDestination *destination = helio_destination_new (url, TOKEN, FALSE, &error);

  g_assert_no_error (error);
  return destination;
}

static GBytes *
body_of (gsize size)
{
  char *text = g_strnfill (MAX (size, sizeof BODY - 1), ' ');

  memcpy (text, BODY, sizeof BODY - 1);
  return g_bytes_new_take (text, MAX (size, sizeof BODY - 1));
}

static void
expect (HelioDestination *destination, gsize size, HelioError code)
{
  g_autoptr (GBytes) body = body_of (size);
  g_autoptr (GError) error = NULL;
  g_autoptr (HelioEventsAnswer) answer
      = helio_destination_send_events (destination, body, NULL, &error);

  g_assert_null (answer);
  g_test_message ("%s", error->message);
  g_assert_error (error, HELIO_ERROR, (int) code);
  g_assert_nonnull (strstr (error->message, "127.0.0.1"));
}

static void
expect_taken (HelioDestination *destination, gsize size)
{
  g_autoptr (GBytes) body = body_of (size);
  g_autoptr (GError) error = NULL;
  g_autoptr (HelioEventsAnswer) answer
      = helio_destination_send_events (destination, body, NULL, &error);

  g_assert_no_error (error);
}

/* Says what the test says, then closes. */
static void
serve_text (RawPeer *peer, GIOStream *stream, guint nth, GCancellable *cancellable, gpointer data)
{
  (void) peer;
  (void) nth;
  if (!raw_read_request (stream, sizeof BODY - 1, cancellable))
    return;
  raw_write (stream, data, cancellable);
}

static void
test_cut_answers (void)
{
  static const char *const cut[] = {
    "",
    "HTTP/1.1 200",
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 55\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 55\r\n\r\n{\"stored\":1",
    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 55\r\n\r\n{\"stored\":1",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n{\"stored\":1\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    "HTTP/1.0 200 OK\r\n\r\n{\"stored\":1",
  };
  static const char *const whole[] = {
    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 52\r\n\r\n" TAKEN,
    "HTTP/1.0 200 OK\r\n\r\n" TAKEN,
  };

  for (guint i = 0; i < G_N_ELEMENTS (cut); i++)
    {
      g_autoptr (RawPeer) peer = raw_peer_new (serve_text, (gpointer) cut[i]);
      g_autoptr (HelioDestination) destination = destination_at ("http", raw_peer_get_port (peer));

      g_test_message ("%s", cut[i]);
      expect (destination, 0, HELIO_ERROR_RETRY);
      g_assert_cmpuint (raw_peer_get_n_connections (peer), ==, 1);
    }
  for (guint i = 0; i < G_N_ELEMENTS (whole); i++)
    {
      g_autoptr (RawPeer) peer = raw_peer_new (serve_text, (gpointer) whole[i]);
      g_autoptr (HelioDestination) destination = destination_at ("http", raw_peer_get_port (peer));

      expect_taken (destination, 0);
    }
}

static void
test_cut_refusal (void)
{
  g_autoptr (RawPeer) peer = raw_peer_new (
      serve_text, (gpointer) "HTTP/1.1 413 Too Large\r\nContent-Length: 55\r\n\r\n{\"mess");
  g_autoptr (HelioDestination) destination = destination_at ("http", raw_peer_get_port (peer));

  expect (destination, 0, HELIO_ERROR_TOO_LARGE);
}

static void
test_garbage (void)
{
  static const char *const garbage[] = {
    "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n",
    "\xff\xfe\x01\r\n\r\n",
    "HTTP/9.9 999999 what\r\n\r\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (garbage); i++)
    {
      g_autoptr (RawPeer) peer = raw_peer_new (serve_text, (gpointer) garbage[i]);
      g_autoptr (HelioDestination) destination = destination_at ("http", raw_peer_get_port (peer));

      expect (destination, 0, HELIO_ERROR_RETRY);
    }
}

static void
serve_banner (RawPeer *peer, GIOStream *stream, guint nth, GCancellable *cancellable, gpointer data)
{
  (void) peer;
  (void) nth;
  raw_write (stream, data, cancellable);
  raw_wait_for_end (stream, cancellable);
}

static void
test_no_http (void)
{
  g_autoptr (RawPeer) peer
      = raw_peer_new (serve_banner, (gpointer) "220 mail.example.org ESMTP\r\n\r\n");
  g_autoptr (HelioDestination) destination = destination_at ("http", raw_peer_get_port (peer));
  g_autoptr (GError) error = NULL;

  g_assert_null (helio_destination_connect (destination, NULL, &error));
  g_test_message ("%s", error->message);
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_NOT_A_BACKEND);
}

/* Reads the head and some of the body, then closes: the system resets the connection. */
static void
serve_cut (RawPeer *peer, GIOStream *stream, guint nth, GCancellable *cancellable, gpointer data)
{
  (void) peer;
  (void) nth;
  raw_read_request (stream, GPOINTER_TO_SIZE (data), cancellable);
}

static void
test_cut_while_sending (void)
{
  g_autoptr (RawPeer) peer = raw_peer_new (serve_cut, GSIZE_TO_POINTER (1024));

  for (int i = 0; i < 20; i++)
    {
      g_autoptr (HelioDestination) destination = destination_at ("http", raw_peer_get_port (peer));

      expect (destination, LARGE, HELIO_ERROR_TOO_LARGE);
      expect (destination, 60 * 1024, HELIO_ERROR_RETRY);
    }
  g_assert_cmpuint (raw_peer_get_n_connections (peer), ==, 40);
}

/* The first connection serves one request and cuts the next; the second serves. */
static void
serve_stale (RawPeer *peer, GIOStream *stream, guint nth, GCancellable *cancellable, gpointer data)
{
  (void) peer;
  (void) data;
  while (raw_read_request (stream, LARGE, cancellable))
    {
      raw_write (stream, "HTTP/1.1 200 OK\r\nContent-Length: 52\r\n\r\n" TAKEN, cancellable);
      if (nth == 0)
        {
          raw_read_request (stream, 1, cancellable);
          return;
        }
    }
}

static void
test_stale_connection (void)
{
  g_autoptr (RawPeer) peer = raw_peer_new (serve_stale, NULL);
  g_autoptr (HelioDestination) destination = destination_at ("http", raw_peer_get_port (peer));

  expect_taken (destination, LARGE);
  /* Nothing says that the size was the reason. */
  expect (destination, LARGE, HELIO_ERROR_RETRY);
  expect_taken (destination, LARGE);
}

/* Closes after each answer without saying so before. */
static void
serve_closing (
    RawPeer *peer, GIOStream *stream, guint nth, GCancellable *cancellable, gpointer data)
{
  GAsyncQueue *closed = data;

  (void) peer;
  (void) nth;
  if (raw_read_request (stream, sizeof BODY - 1, cancellable))
    raw_write (stream, "HTTP/1.1 200 OK\r\nContent-Length: 52\r\n\r\n" TAKEN, cancellable);
  g_io_stream_close (stream, NULL, NULL);
  g_async_queue_push (closed, closed);
}

static void
test_closed_keep_alive (void)
{
  g_autoptr (GAsyncQueue) closed = g_async_queue_new ();
  g_autoptr (RawPeer) peer = raw_peer_new (serve_closing, closed);
  g_autoptr (HelioDestination) destination = destination_at ("http", raw_peer_get_port (peer));

  for (int i = 0; i < 20; i++)
    {
      expect_taken (destination, 0);
      g_async_queue_pop (closed);
    }
  g_assert_cmpuint (raw_peer_get_n_connections (peer), ==, 20);
}

static void
serve_nothing (
    RawPeer *peer, GIOStream *stream, guint nth, GCancellable *cancellable, gpointer data)
{
  (void) peer;
  (void) nth;
  if (data != NULL)
    g_async_queue_push (data, data);
  raw_wait_for_end (stream, cancellable);
}

/* Half an answer, and never the other half. */
static void
serve_half (RawPeer *peer, GIOStream *stream, guint nth, GCancellable *cancellable, gpointer data)
{
  (void) peer;
  (void) nth;
  raw_read_request (stream, sizeof BODY - 1, cancellable);
  raw_write (stream, "HTTP/1.1 200 OK\r\nContent-Length: 52\r\n\r\n{\"stored\":", cancellable);
  if (data != NULL)
    g_async_queue_push (data, data);
  raw_wait_for_end (stream, cancellable);
}

/* Spaces before the JSON for as long as anyone listens: no wait is long, but the sum has no end. */
static void
serve_drips (RawPeer *peer, GIOStream *stream, guint nth, GCancellable *cancellable, gpointer data)
{
  GOutputStream *output = g_io_stream_get_output_stream (stream);
  g_autoptr (GAsyncQueue) never = g_async_queue_new ();

  (void) peer;
  (void) nth;
  (void) data;
  raw_read_request (stream, sizeof BODY - 1, cancellable);
  raw_write (stream, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", cancellable);
  while (g_output_stream_write_all (output, " ", 1, NULL, cancellable, NULL))
    g_async_queue_timeout_pop (never, 20 * 1000);
}

static void
test_deadline (void)
{
  static const RawServe serves[] = { serve_nothing, serve_half, serve_drips };

  for (guint i = 0; i < G_N_ELEMENTS (serves); i++)
    {
      g_autoptr (RawPeer) peer = raw_peer_new (serves[i], NULL);
      g_autoptr (HelioDestination) destination = destination_at ("http", raw_peer_get_port (peer));
      int64_t begin_us = g_get_monotonic_time ();

      helio_destination_set_deadline (destination, 300);
      expect (destination, 0, HELIO_ERROR_RETRY);
      g_assert_cmpint (g_get_monotonic_time () - begin_us, >=, 290 * 1000);
      g_assert_cmpint (g_get_monotonic_time () - begin_us, <, AT_ONCE_US);
    }
}

static void
test_tls_to_plain (void)
{
  g_autoptr (RawPeer) peer = raw_peer_new (
      serve_banner, (gpointer) "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
  g_autoptr (HelioDestination) destination = destination_at ("https", raw_peer_get_port (peer));
  g_autoptr (RawPeer) silent = raw_peer_new (serve_nothing, NULL);
  g_autoptr (HelioDestination) waiting = destination_at ("https", raw_peer_get_port (silent));

  expect (destination, 0, HELIO_ERROR_TLS);

  /* A server that takes the greeting for a slow request and waits for its end. */
  helio_destination_set_deadline (waiting, 300);
  expect (waiting, 0, HELIO_ERROR_RETRY);
}

static void
test_unreachable (void)
{
  RawPeer *peer = raw_peer_new (serve_nothing, NULL);
  g_autoptr (HelioDestination) destination = destination_at ("http", raw_peer_get_port (peer));

  raw_peer_free (peer);
  expect (destination, 0, HELIO_ERROR_RETRY);
  expect (destination, LARGE, HELIO_ERROR_RETRY);
}

typedef struct
{
  HelioDestination *destination;
  GCancellable *cancellable;
} Call;

static gpointer
call (gpointer data)
{
  Call *what = data;
  g_autoptr (GBytes) body = body_of (0);
  GError *error = NULL;
  HelioEventsAnswer *answer
      = helio_destination_send_events (what->destination, body, what->cancellable, &error);

  g_assert_null (answer);
  return error;
}

static void
test_cancel (void)
{
  static const RawServe serves[] = { serve_nothing, serve_half };

  for (guint i = 0; i < G_N_ELEMENTS (serves); i++)
    {
      g_autoptr (GAsyncQueue) came = g_async_queue_new ();
      g_autoptr (RawPeer) peer = raw_peer_new (serves[i], came);
      g_autoptr (HelioDestination) destination = destination_at ("http", raw_peer_get_port (peer));
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      Call what = { destination, cancellable };

      GThread *thread = g_thread_new ("call", call, &what);
      g_async_queue_pop (came);
      int64_t begin_us = g_get_monotonic_time ();
      g_cancellable_cancel (cancellable);
      g_autoptr (GError) error = g_thread_join (thread);
      int64_t span_us = g_get_monotonic_time () - begin_us;

      g_test_message ("%" G_GINT64_FORMAT " us", span_us);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpint (span_us, <, AT_ONCE_US);

      /* Cancelled before it began: nobody is asked. */
      g_autoptr (GError) again = call (&what);
      g_assert_error (again, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpuint (raw_peer_get_n_connections (peer), ==, 1);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/destination/cuts/tries-again-after-a-cut-answer", test_cut_answers);
  g_test_add_func ("/destination/cuts/believes-a-refusal-cut-short", test_cut_refusal);
  g_test_add_func ("/destination/cuts/tries-again-after-garbage", test_garbage);
  g_test_add_func ("/destination/cuts/knows-what-speaks-no-http", test_no_http);
  g_test_add_func ("/destination/cuts/takes-a-cut-large-body-for-too-large",
                   test_cut_while_sending);
  g_test_add_func ("/destination/cuts/takes-no-stale-connection-for-too-large",
                   test_stale_connection);
  g_test_add_func ("/destination/cuts/survives-a-closed-keep-alive", test_closed_keep_alive);
  g_test_add_func ("/destination/cuts/ends-at-the-deadline", test_deadline);
  g_test_add_func ("/destination/cuts/says-when-tls-meets-plain-http", test_tls_to_plain);
  g_test_add_func ("/destination/cuts/tries-again-when-nobody-listens", test_unreachable);
  g_test_add_func ("/destination/cuts/ends-at-once-when-cancelled", test_cancel);
  return g_test_run ();
}
