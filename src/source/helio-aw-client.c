/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define PLACES 64
#define G_LOG_DOMAIN "helio-source"

#include "config.h"

#include "source/helio-aw-client.h"

#include <glib/gi18n-lib.h>
#include <libsoup/soup.h>
#include <string.h>

#include "json/helio-json.h"
#include "model/helio-error.h"
#include "model/helio-time.h"
#include "source/helio-aw-answer.h"
#include "source/helio-event-reader.h"

/* The longest silence of the server, and the longest request as a whole. */
#define SILENCE_S 10
#define DEADLINE_US (30 * G_USEC_PER_SEC)

/* What is read of an answer that is not events, and of one event. */
#define MAX_ANSWER (16 * 1024 * 1024)
#define MAX_EVENT (256 * 1024 * 1024)
#define MAX_ERROR_BODY (64 * 1024)

struct _HelioAwClient
{
  GObject parent_instance;

  /* owned */
  GMainContext *context; /* of the session: else the main thread would run what it leaves to do */
  SoupSession *session;
  char *base;
  char *name;
  char *key;

  int64_t deadline_us; /* how long a request may take as a whole */
  gboolean has_answered;
  gboolean closes_connections;
  int64_t last_time;
};

G_DEFINE_FINAL_TYPE (HelioAwClient, helio_aw_client, G_TYPE_OBJECT)

void
helio_aw_info_free (HelioAwInfo *info)
{
  g_free (info->hostname);
  g_free (info->version);
  g_free (info);
}

static gboolean
is_loopback (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  return address != NULL ? g_inet_address_get_is_loopback (address)
                         : g_ascii_strcasecmp (host, "localhost") == 0;
}

/* Among them, connections are closed that were idle for too long. */
static void
run_pending (HelioAwClient *self)
{
  while (g_main_context_iteration (self->context, FALSE))
    ;
}

static void
helio_aw_client_finalize (GObject *object)
{
  HelioAwClient *self = HELIO_AW_CLIENT (object);

  g_main_context_push_thread_default (self->context);
  soup_session_abort (self->session);
  g_clear_object (&self->session);
  run_pending (self);
  g_main_context_pop_thread_default (self->context);
  g_main_context_unref (self->context);
  g_free (self->base);
  g_free (self->name);
  g_free (self->key);
  G_OBJECT_CLASS (helio_aw_client_parent_class)->finalize (object);
}

static void
helio_aw_client_class_init (HelioAwClientClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = helio_aw_client_finalize;
}

static void
helio_aw_client_init (HelioAwClient *self)
{
  self->deadline_us = DEADLINE_US;
  self->context = g_main_context_new ();
  g_main_context_push_thread_default (self->context);
  /* One request at a time, yet room for many connections: when one that the server just closed
   * is not noticed as such, a session without a free place waits for ever, and not even a
   * cancellable ends that. */
  self->session = soup_session_new_with_options ("max-conns", PLACES, "max-conns-per-host", PLACES,
                                                 "timeout", SILENCE_S, "idle-timeout", 30,
                                                 "user-agent", "Heliograph/" PACKAGE_VERSION, NULL);
  /* Neither server compresses; whoever else does could blow an answer up without bound. */
  soup_session_remove_feature_by_type (self->session, SOUP_TYPE_CONTENT_DECODER);
  g_main_context_pop_thread_default (self->context);
}

HelioAwClient *
helio_aw_client_new (const char *url, const char *key, GError **error)
{
  g_autoptr (GUri) uri = NULL;
  const char *host, *scheme;
  g_autofree char *path = NULL;
  g_autofree char *port = NULL;
  gboolean is_ipv6;
  HelioAwClient *self;

  g_return_val_if_fail (url != NULL, NULL);

  uri = g_uri_parse (url, G_URI_FLAGS_ENCODED, NULL);
  scheme = uri != NULL ? g_uri_get_scheme (uri) : "";
  host = uri != NULL ? g_uri_get_host (uri) : NULL;
  if ((strcmp (scheme, "http") != 0 && strcmp (scheme, "https") != 0) || host == NULL
      || *host == '\0' || g_uri_get_userinfo (uri) != NULL)
    {
      g_set_error_literal (error, HELIO_ERROR, HELIO_ERROR_SETTINGS,
                           _ ("The address of ActivityWatch is no http address: it looks like "
                              "http://127.0.0.1:5600"));
      return NULL;
    }

  self = g_object_new (HELIO_TYPE_AW_CLIENT, NULL);
  path = g_strdup (g_uri_get_path (uri));
  for (gsize length = strlen (path); length > 0 && path[length - 1] == '/'; length--)
    path[length - 1] = '\0';
  port = g_uri_get_port (uri) > 0 ? g_strdup_printf (":%d", g_uri_get_port (uri)) : g_strdup ("");
  is_ipv6 = strchr (host, ':') != NULL;
  self->name = g_strdup_printf ("%s%s%s%s", is_ipv6 ? "[" : "", host, is_ipv6 ? "]" : "", port);
  self->base = g_strdup_printf ("%s://%s%s", scheme, self->name, path);
  self->key = key != NULL && *key != '\0' ? g_strdup (key) : NULL;
  if (is_loopback (host))
    soup_session_set_proxy_resolver (self->session, NULL);
  return self;
}

/* An answer while it is read: the stream must be closed on every path, else the session waits
 * for ever for its connection. Until then the session's context is the thread's. */
typedef struct
{
  GMainContext *context;
  SoupMessage *message;
  GInputStream *stream;
  int64_t begun_at;
  gsize bytes;
  gsize max_bytes;
} Answer;

static void
answer_clear (Answer *answer)
{
  if (answer->stream != NULL)
    g_input_stream_close (answer->stream, NULL, NULL);
  g_clear_object (&answer->stream);
  g_clear_object (&answer->message);
  if (answer->context != NULL)
    g_main_context_pop_thread_default (answer->context);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Answer, answer_clear)

static gboolean
fail_transport (HelioAwClient *self, GError *problem, GError **error)
{
  g_autoptr (GError) owned = problem;

  if (g_error_matches (owned, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_propagate_error (error, g_steal_pointer (&owned));
  else if (g_error_matches (owned, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    g_set_error (error, HELIO_ERROR, HELIO_ERROR_AW_UNREACHABLE,
                 _ ("ActivityWatch does not answer at %s in time: it may be busy"), self->name);
  else if (owned->domain == G_TLS_ERROR
           || g_error_matches (owned, SOUP_SESSION_ERROR, SOUP_SESSION_ERROR_PARSING))
    g_set_error (error, HELIO_ERROR, HELIO_ERROR_AW_ADDRESS,
                 _ ("What answers at %s is not ActivityWatch: correct its address"), self->name);
  else if (owned->domain == G_RESOLVER_ERROR)
    g_set_error (error, HELIO_ERROR, HELIO_ERROR_AW_UNREACHABLE,
                 _ ("The computer of ActivityWatch, %s, is not found: is its address right?"),
                 self->name);
  else
    g_set_error (error, HELIO_ERROR, HELIO_ERROR_AW_UNREACHABLE,
                 _ ("ActivityWatch does not answer at %s: is it running?"), self->name);
  return FALSE;
}

/* Whether a request may have met a connection that the server closed at the same moment. */
static gboolean
is_stale_connection (HelioAwClient *self, const GError *problem)
{
  return self->has_answered && !g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_CANCELLED)
         && !g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_TIMED_OUT)
         && !g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED)
         && !g_error_matches (problem, SOUP_SESSION_ERROR, SOUP_SESSION_ERROR_PARSING);
}

/* Sends a GET; @path begins after the base URL. */
static gboolean
send_request (HelioAwClient *self,
              const char *path,
              gsize max_bytes,
              Answer *answer,
              GCancellable *cancellable,
              GError **error)
{
  g_autofree char *url = g_strconcat (self->base, path, NULL);
  g_autoptr (GError) problem = NULL;

  answer->context = self->context;
  g_main_context_push_thread_default (self->context);
  run_pending (self);
  answer->begun_at = g_get_monotonic_time ();
  answer->max_bytes = max_bytes;
  for (int tries = 0; tries < 2; tries++)
    {
      g_clear_error (&problem);
      g_clear_object (&answer->message);
      answer->message = soup_message_new (SOUP_METHOD_GET, url);
      if (answer->message == NULL)
        {
          g_set_error (error, HELIO_ERROR, HELIO_ERROR_SETTINGS,
                       _ ("The address of ActivityWatch, %s, is invalid"), self->name);
          return FALSE;
        }
      soup_message_add_flags (answer->message, SOUP_MESSAGE_NO_REDIRECT);
      if (self->key != NULL)
        {
          g_autofree char *bearer = g_strconcat ("Bearer ", self->key, NULL);

          soup_message_headers_replace (soup_message_get_request_headers (answer->message),
                                        "Authorization", bearer);
        }
      answer->stream = soup_session_send (self->session, answer->message, cancellable, &problem);
      if (answer->stream != NULL || !is_stale_connection (self, problem))
        break;
    }
  if (answer->stream == NULL)
    {
      self->last_time = g_get_monotonic_time () - answer->begun_at;
      return fail_transport (self, g_steal_pointer (&problem), error);
    }
  self->has_answered = TRUE;
  self->closes_connections = !soup_message_is_keepalive (answer->message);
  return TRUE;
}

/* The next bytes of the answer; 0 at its end, -1 on an error. */
static gssize
read_some (HelioAwClient *self,
           Answer *answer,
           char *room,
           gsize length,
           GCancellable *cancellable,
           GError **error)
{
  g_autoptr (GError) problem = NULL;
  gssize got = g_input_stream_read (answer->stream, room, length, cancellable, &problem);

  self->last_time = g_get_monotonic_time () - answer->begun_at;
  if (got < 0)
    {
      if (g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_CANCELLED)
          || g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
        fail_transport (self, g_steal_pointer (&problem), error);
      else
        g_set_error (error, HELIO_ERROR, HELIO_ERROR_AW_ANSWER,
                     _ ("The answer of ActivityWatch at %s was cut"), self->name);
      return -1;
    }
  answer->bytes += (gsize) got;
  if (got > 0 && self->last_time > self->deadline_us)
    {
      g_set_error (error, HELIO_ERROR, HELIO_ERROR_AW_UNREACHABLE,
                   _ ("ActivityWatch at %s took too long to answer: it may be busy"), self->name);
      return -1;
    }
  if (answer->bytes > answer->max_bytes)
    {
      g_set_error (error, HELIO_ERROR, HELIO_ERROR_TOO_LARGE,
                   _ ("The answer of ActivityWatch at %s is too large"), self->name);
      return -1;
    }
  return got;
}

static GString *
read_all (HelioAwClient *self, Answer *answer, GCancellable *cancellable, GError **error)
{
  g_autoptr (GString) body = g_string_new (NULL);
  char chunk[16 * 1024];
  gssize got;

  while ((got = read_some (self, answer, chunk, sizeof chunk, cancellable, error)) > 0)
    g_string_append_len (body, chunk, got);
  return got == 0 ? g_steal_pointer (&body) : NULL;
}

/* Answers the question whether the status is 200; else reads what the server says about it and
 * sets the error, or with @is_found given, finds that an event is absent. */
static gboolean
check_status (HelioAwClient *self,
              Answer *answer,
              gboolean *is_found,
              GCancellable *cancellable,
              GError **error)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (answer->message);
  guint status = soup_message_get_status (answer->message);
  const char *type = soup_message_headers_get_content_type (headers, NULL);
  g_autoptr (GString) body = NULL;
  g_autoptr (GError) problem = NULL;

  if (status == SOUP_STATUS_OK && g_strcmp0 (type, "text/html") != 0)
    return TRUE;
  answer->max_bytes = MAX_ERROR_BODY;
  body = read_all (self, answer, cancellable, &problem);
  if (g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  if (is_found != NULL && body != NULL && helio_aw_answer_is_no_event (status, body->str))
    {
      *is_found = FALSE;
      return FALSE;
    }
  helio_aw_answer_set_error (error, self->name, self->key != NULL, status,
                             body != NULL ? body->str : "");
  return FALSE;
}

static GString *
get (HelioAwClient *self, const char *path, GCancellable *cancellable, GError **error)
{
  g_auto (Answer) answer = { 0 };

  if (!send_request (self, path, MAX_ANSWER, &answer, cancellable, error)
      || !check_status (self, &answer, NULL, cancellable, error))
    return NULL;
  return read_all (self, &answer, cancellable, error);
}

const char *
helio_aw_client_get_name (HelioAwClient *client)
{
  g_return_val_if_fail (HELIO_IS_AW_CLIENT (client), NULL);
  return client->name;
}

HelioAwInfo *
helio_aw_client_get_info (HelioAwClient *client, GCancellable *cancellable, GError **error)
{
  g_autoptr (GString) body = NULL;

  g_return_val_if_fail (HELIO_IS_AW_CLIENT (client), NULL);
  body = get (client, "/api/0/info", cancellable, error);
  return body != NULL ? helio_aw_answer_read_info (body, client->name, error) : NULL;
}

GPtrArray *
helio_aw_client_list_buckets (HelioAwClient *client, GCancellable *cancellable, GError **error)
{
  g_autoptr (GString) body = NULL;

  g_return_val_if_fail (HELIO_IS_AW_CLIENT (client), NULL);
  body = get (client, "/api/0/buckets/", cancellable, error);
  return body != NULL ? helio_aw_answer_read_buckets (body, client->name, error) : NULL;
}

/* The path of a bucket's @what, with every byte of the id escaped that could mean something. */
static GString *
bucket_path (const char *bucket, const char *what)
{
  g_autofree char *escaped = g_uri_escape_string (bucket, NULL, FALSE);
  GString *path = g_string_new (NULL);

  g_string_printf (path, "/api/0/buckets/%s/%s", escaped, what);
  return path;
}

static void
append_time (GString *path, const char *name, int64_t ms)
{
  char text[HELIO_TIME_TEXT];

  helio_time_format (ms, text);
  g_string_append_printf (path, "%c%s=%s", strchr (path->str, '?') != NULL ? '&' : '?', name, text);
}

/* Streams the answer into the page; after an error the page is as it was. */
static gboolean
read_into_page (HelioAwClient *self,
                Answer *answer,
                gboolean is_list,
                HelioPage *page,
                GCancellable *cancellable,
                GError **error)
{
  g_autoptr (HelioEventReader) reader = helio_event_reader_new (page, is_list);
  guint events = page->events->len;
  guint data = page->data->len;
  gboolean is_ok = TRUE;
  gssize got = 1;

  while (is_ok && got > 0)
    {
      gsize room;
      char *at = helio_event_reader_get_room (reader, &room);

      got = read_some (self, answer, at, room, cancellable, error);
      is_ok = got >= 0 && helio_event_reader_take (reader, (gsize) got, error);
    }
  /* A cut chunked body ends like a whole one: only the closing bracket tells. */
  is_ok = is_ok && helio_event_reader_finish (reader, error);
  if (!is_ok)
    {
      g_array_set_size (page->events, events);
      g_byte_array_set_size (page->data, data);
    }
  return is_ok;
}

gboolean
helio_aw_client_read_events (HelioAwClient *client,
                             const char *bucket,
                             const HelioAwRead *read,
                             HelioPage *page,
                             GCancellable *cancellable,
                             GError **error)
{
  g_autoptr (GString) path = NULL;
  g_auto (Answer) answer = { 0 };

  g_return_val_if_fail (HELIO_IS_AW_CLIENT (client), FALSE);
  g_return_val_if_fail (read->limit > 0, FALSE);

  path = bucket_path (bucket, "events");
  g_string_append_printf (path, "?limit=%u", read->limit);
  if (read->start != HELIO_TIME_MIN)
    append_time (path, "start", read->start);
  if (read->end != HELIO_TIME_MAX)
    append_time (path, "end", read->end);
  return send_request (client, path->str, read->max_bytes, &answer, cancellable, error)
         && check_status (client, &answer, NULL, cancellable, error)
         && read_into_page (client, &answer, TRUE, page, cancellable, error);
}

gboolean
helio_aw_client_read_event (HelioAwClient *client,
                            const char *bucket,
                            int64_t id,
                            HelioPage *page,
                            gboolean *is_found,
                            GCancellable *cancellable,
                            GError **error)
{
  g_autoptr (GString) path = NULL;
  g_auto (Answer) answer = { 0 };

  g_return_val_if_fail (HELIO_IS_AW_CLIENT (client), FALSE);

  path = bucket_path (bucket, "events");
  g_string_append_printf (path, "/%" G_GINT64_FORMAT, id);
  *is_found = TRUE;
  if (!send_request (client, path->str, MAX_EVENT, &answer, cancellable, error))
    return FALSE;
  if (!check_status (client, &answer, is_found, cancellable, error))
    return !*is_found;
  return read_into_page (client, &answer, FALSE, page, cancellable, error);
}

int64_t
helio_aw_client_count (HelioAwClient *client,
                       const char *bucket,
                       int64_t start,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autoptr (GString) path = NULL;
  g_autoptr (GString) body = NULL;
  HelioJson json;
  int64_t count = 0;

  g_return_val_if_fail (HELIO_IS_AW_CLIENT (client), -1);

  path = bucket_path (bucket, "events/count");
  if (start != HELIO_TIME_MIN)
    append_time (path, "start", start);
  body = get (client, path->str, cancellable, error);
  if (body == NULL)
    return -1;
  helio_json_init (&json, body->str, body->len);
  if (!helio_json_take_int64 (&json, &count) || !helio_json_finish (&json) || count < 0)
    {
      g_set_error (error, HELIO_ERROR, HELIO_ERROR_AW_ANSWER,
                   _ ("ActivityWatch at %s answered no number of events"), client->name);
      return -1;
    }
  return count;
}

void
helio_aw_client_set_deadline (HelioAwClient *client, int64_t us)
{
  g_return_if_fail (HELIO_IS_AW_CLIENT (client));
  client->deadline_us = us;
}

int64_t
helio_aw_client_get_last_time (HelioAwClient *client)
{
  g_return_val_if_fail (HELIO_IS_AW_CLIENT (client), 0);
  return client->last_time;
}

gboolean
helio_aw_client_closes_connections (HelioAwClient *client)
{
  g_return_val_if_fail (HELIO_IS_AW_CLIENT (client), FALSE);
  return client->closes_connections;
}
