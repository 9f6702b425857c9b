/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-destination"

#include "config.h"

#include "destination/helio-destination.h"

#include <glib/gi18n-lib.h>
#include <libsoup/soup.h>
#include <string.h>

#include "destination/helio-address.h"
#include "destination/helio-deadline.h"
#include "destination/helio-exchange.h"
#include "destination/helio-verdict.h"
#include "json/helio-json.h"
#include "model/helio-error.h"
#include "model/helio-time.h"

#define SOCKET_TIMEOUT_S 30
/* One request at a time needs one connection, but a session without a free place waits for ever
 * for one that was closed unnoticed. */
#define PLACES 64
/* Shorter than what usual servers keep an idle connection: better closed by us than cut. */
#define IDLE_TIMEOUT_S 50
#define EVENTS_DEADLINE_MS (60 * 1000)
#define DEADLINE_MS (15 * 1000)
#define MAX_ANSWER (1024 * 1024)
#define MAX_BULK_ANSWER (16 * 1024 * 1024)
#define KEYS_PER_PART 50000
/* Most are small; an answer ends sooner if they are large. */
#define EVENTS_PER_PART 500
#define PROTOCOL 1

struct _HelioDestination
{
  GObject parent_instance;

  /* owned. The session's timers go to a context of its own: in the default one they would run in
   * the main thread while the session works in another. */
  GMainContext *context;
  SoupSession *session;
  HelioAddress *address;
  char *token;

  int64_t deadline_ms;
  guint64 last_connection;

  /* what the backend told */
  gboolean accepts_gzip;
  gsize max_bytes;
  int retry_after;
  char *told_store;
  int64_t told_seq;
};

G_DEFINE_FINAL_TYPE (HelioDestination, helio_destination, G_TYPE_OBJECT)

static void
helio_destination_finalize (GObject *object)
{
  HelioDestination *self = HELIO_DESTINATION (object);

  g_main_context_push_thread_default (self->context);
  if (self->session != NULL)
    soup_session_abort (self->session);
  g_clear_object (&self->session);
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_main_context_pop_thread_default (self->context);
  g_clear_pointer (&self->context, g_main_context_unref);

  if (self->token != NULL)
    explicit_bzero (self->token, strlen (self->token));
  g_clear_pointer (&self->token, g_free);
  g_clear_pointer (&self->told_store, g_free);
  g_clear_pointer (&self->address, helio_address_free);

  G_OBJECT_CLASS (helio_destination_parent_class)->finalize (object);
}

static void
helio_destination_class_init (HelioDestinationClass *class)
{
  G_OBJECT_CLASS (class)->finalize = helio_destination_finalize;
}

static void
helio_destination_init (HelioDestination *self)
{
  self->context = g_main_context_new ();
}

static gboolean
is_token (const char *token)
{
  for (const char *at = token; *at != '\0'; at++)
    if (!g_ascii_isgraph (*at))
      return FALSE;
  return token[0] != '\0';
}

static SoupSession *
session_new (gboolean is_local)
{
  SoupSession *session = soup_session_new_with_options (
      "max-conns", PLACES, "max-conns-per-host", PLACES, "timeout", SOCKET_TIMEOUT_S,
      "idle-timeout", IDLE_TIMEOUT_S, "user-agent", "Heliograph/" PACKAGE_VERSION, NULL);

  /* Answers stay as they were sent: a small one can't grow in memory. */
  soup_session_remove_feature_by_type (session, SOUP_TYPE_CONTENT_DECODER);
  /* Nobody is there to be asked for a password. */
  soup_session_remove_feature_by_type (session, SOUP_TYPE_AUTH_MANAGER);
  if (is_local)
    soup_session_set_proxy_resolver (session, NULL);
  return session;
}

HelioDestination *
helio_destination_new (const char *url,
                       const char *token,
                       gboolean allows_plain_http,
                       GError **error)
{
  g_return_val_if_fail (url != NULL, NULL);
  g_return_val_if_fail (token != NULL, NULL);

  g_autoptr (HelioDestination) self = g_object_new (HELIO_TYPE_DESTINATION, NULL);

  self->address = helio_address_parse (url, error);
  if (self->address == NULL)
    return NULL;
  if (!is_token (token))
    {
      g_set_error (
          error, HELIO_ERROR, HELIO_ERROR_SETTINGS,
          _ ("The token for %s is empty or holds a space or another character that no token has"),
          self->address->name);
      return NULL;
    }
  if (!helio_address_check_secure (self->address, allows_plain_http, error))
    return NULL;

  self->token = g_strdup (token);
  g_main_context_push_thread_default (self->context);
  self->session = session_new (self->address->is_local);
  g_main_context_pop_thread_default (self->context);
  return g_steal_pointer (&self);
}

const char *
helio_destination_get_name (HelioDestination *self)
{
  g_return_val_if_fail (HELIO_IS_DESTINATION (self), NULL);

  return self->address->name;
}

/* @path: what follows the base, with its query, already encoded */
static SoupMessage *
message_new (HelioDestination *self, const char *method, const char *path)
{
  g_autofree char *text = g_strconcat (self->address->text, path, NULL);
  g_autoptr (GUri) uri = g_uri_parse (text, SOUP_HTTP_URI_FLAGS, NULL);
  g_assert (uri != NULL);

  SoupMessage *message = soup_message_new_from_uri (method, uri);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);
  g_autofree char *authorization = g_strconcat ("Bearer ", self->token, NULL);

  soup_message_headers_replace (headers, "Authorization", authorization);
  soup_message_headers_replace (headers, "Accept", "application/json");
  soup_message_headers_replace (headers, "Accept-Encoding", "identity");
  explicit_bzero (authorization, strlen (authorization));

  /* IDEMPOTENT lets a POST use the connection that is there: without it each has its own. */
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT | SOUP_MESSAGE_IDEMPOTENT);
  return message;
}

static HelioReply *
exchange (HelioDestination *self,
          SoupMessage *message,
          int64_t deadline_ms,
          gsize bound,
          const HelioAsked *asked,
          GCancellable *cancellable,
          GError **error)
{
  g_autoptr (GError) failure = NULL;
  int64_t span_ms = self->deadline_ms > 0 ? self->deadline_ms : deadline_ms;
  HelioDeadline *deadline = helio_deadline_start (cancellable, span_ms * 1000, error);

  if (deadline == NULL)
    return NULL;

  g_main_context_push_thread_default (self->context);
  while (g_main_context_iteration (self->context, FALSE))
    ; /* closes connections that were idle for too long */
  g_autoptr (HelioReply) reply
      = helio_exchange (self->session, message, bound, &self->last_connection,
                        helio_deadline_get_cancellable (deadline), &failure);
  g_main_context_pop_thread_default (self->context);
  gboolean is_late = helio_deadline_end (deadline);

  /* A refusal that was read in part is a refusal all the same. */
  if (failure == NULL || (reply->status != 0 && !SOUP_STATUS_IS_SUCCESSFUL (reply->status)))
    return g_steal_pointer (&reply);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (is_late)
    g_set_error (error, HELIO_ERROR, HELIO_ERROR_RETRY, _ ("%s did not answer within %.3g s"),
                 self->address->name, (double) span_ms / 1000);
  else
    helio_verdict_on_failure (asked, reply, failure, error);
  return NULL;
}

/* "STORE SEQ": lets the agent notice in every answer that the backend was set back. */
static void
take_state (HelioDestination *self, const char *state)
{
  const char *space = state != NULL ? strchr (state, ' ') : NULL;
  gint64 seq;

  g_clear_pointer (&self->told_store, g_free);
  if (space == NULL || !g_ascii_string_to_signed (space + 1, 10, 0, G_MAXINT64, &seq, NULL))
    return;
  self->told_store = g_strndup (state, (gsize) (space - state));
  self->told_seq = seq;
}

/* Sends @message and returns a successful answer, or NULL. */
static HelioReply *
ask (HelioDestination *self,
     SoupMessage *message,
     int64_t deadline_ms,
     gsize bound,
     HelioAsked *asked,
     GCancellable *cancellable,
     GError **error)
{
  self->retry_after = 0;
  asked->base = self->address->base;
  asked->name = self->address->name;
  asked->token = self->token;
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  g_autoptr (HelioReply) reply
      = exchange (self, message, deadline_ms, bound, asked, cancellable, error);
  if (reply == NULL)
    return NULL;

  g_autoptr (GError) verdict = NULL;
  take_state (self, reply->state);
  if (!helio_verdict_on_status (asked, reply, &verdict))
    {
      if (g_error_matches (verdict, HELIO_ERROR, HELIO_ERROR_RETRY))
        self->retry_after = helio_verdict_retry_after (reply, helio_time_now ());
      g_propagate_error (error, g_steal_pointer (&verdict));
      return NULL;
    }
  if (reply->is_too_long)
    {
      g_set_error (error, HELIO_ERROR,
                   asked->is_test ? HELIO_ERROR_NOT_A_BACKEND : HELIO_ERROR_FAILED,
                   _ ("%s answered more than %zu KiB"), self->address->name, bound / 1024);
      return NULL;
    }

  return g_steal_pointer (&reply);
}

static HelioReply *
get (HelioDestination *self,
     const char *path,
     gsize bound,
     HelioAsked *asked,
     GCancellable *cancellable,
     GError **error)
{
  g_autoptr (SoupMessage) message = message_new (self, SOUP_METHOD_GET, path);

  return ask (self, message, DEADLINE_MS, bound, asked, cancellable, error);
}

HelioBackendInfo *
helio_destination_connect (HelioDestination *self, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (HELIO_IS_DESTINATION (self), NULL);

  HelioAsked asked = { .is_test = TRUE, .seq = -1 };
  g_autoptr (HelioReply) reply = get (self, "", MAX_ANSWER, &asked, cancellable, error);
  GError *parse_error = NULL;

  if (reply == NULL)
    return NULL;

  g_autoptr (HelioBackendInfo) info
      = helio_backend_info_parse (reply->text, reply->length, &parse_error);
  if (info == NULL)
    {
      helio_verdict_on_text (&asked, reply, parse_error, error);
      return NULL;
    }
  if (info->protocol != PROTOCOL)
    {
      g_set_error (
          error, HELIO_ERROR, HELIO_ERROR_NOT_A_BACKEND,
          _ ("%s speaks version %d of the protocol, this program version %d: update the older one"),
          self->address->name, info->protocol, PROTOCOL);
      return NULL;
    }

  self->accepts_gzip = info->accepts_gzip;
  self->max_bytes = info->max_bytes;
  return g_steal_pointer (&info);
}

/* The seq at the top level of a body, or -1. */
static int64_t
find_seq (GBytes *body)
{
  gsize length;
  const char *text = g_bytes_get_data (body, &length);
  const char *key;
  gsize key_length;
  HelioJson json;

  helio_json_init (&json, text, length);
  if (!helio_json_enter_object (&json))
    return -1;
  while (helio_json_next_member (&json, &key, &key_length))
    {
      const char *value;
      gsize value_length;
      int64_t seq;

      if (helio_json_key_is (key, key_length, "seq"))
        return helio_json_take_int64 (&json, &seq) ? seq : -1;
      if (!helio_json_take_value (&json, &value, &value_length))
        return -1;
    }

  return -1;
}

HelioEventsAnswer *
helio_destination_send_events (HelioDestination *self,
                               GBytes *body,
                               GCancellable *cancellable,
                               GError **error)
{
  g_return_val_if_fail (HELIO_IS_DESTINATION (self), NULL);
  g_return_val_if_fail (body != NULL, NULL);

  HelioAsked asked = { .sent = g_bytes_get_size (body), .seq = find_seq (body) };
  if (self->max_bytes > 0 && asked.sent > self->max_bytes)
    {
      g_set_error (error, HELIO_ERROR, HELIO_ERROR_TOO_LARGE,
                   _ ("%s takes at most %zu KiB in one request"), self->address->name,
                   self->max_bytes / 1024);
      return NULL;
    }

  g_autoptr (SoupMessage) message = message_new (self, SOUP_METHOD_POST, "/events");
  g_autoptr (GBytes) wire = NULL;
  if (self->accepts_gzip && !self->address->is_local)
    {
      wire = helio_exchange_deflate (body, error);
      if (wire == NULL)
        return NULL;
      soup_message_headers_replace (soup_message_get_request_headers (message), "Content-Encoding",
                                    "gzip");
    }
  soup_message_set_request_body_from_bytes (message, "application/json",
                                            wire != NULL ? wire : body);

  g_autoptr (HelioReply) reply
      = ask (self, message, EVENTS_DEADLINE_MS, MAX_ANSWER, &asked, cancellable, error);
  GError *parse_error = NULL;
  if (reply == NULL)
    return NULL;

  HelioEventsAnswer *answer = helio_events_answer_parse (reply->text, reply->length, &parse_error);
  if (answer == NULL)
    helio_verdict_on_text (&asked, reply, parse_error, error);
  return answer;
}

gboolean
helio_destination_delete_bucket (HelioDestination *self,
                                 const char *bucket,
                                 int64_t seq,
                                 GCancellable *cancellable,
                                 GError **error)
{
  g_return_val_if_fail (HELIO_IS_DESTINATION (self), FALSE);
  g_return_val_if_fail (bucket != NULL, FALSE);

  HelioAsked asked = { .seq = seq };
  g_autofree char *id = g_uri_escape_string (bucket, NULL, FALSE);
  g_autofree char *path = g_strdup_printf ("/events?bucket=%s&seq=%" G_GINT64_FORMAT, id, seq);
  g_autoptr (SoupMessage) message = message_new (self, SOUP_METHOD_DELETE, path);
  g_autoptr (HelioReply) reply
      = ask (self, message, EVENTS_DEADLINE_MS, MAX_ANSWER, &asked, cancellable, error);

  return reply != NULL;
}

gboolean
helio_destination_put_status (HelioDestination *self,
                              const HelioPresence *presence,
                              int64_t now,
                              int ttl,
                              GCancellable *cancellable,
                              GError **error)
{
  g_return_val_if_fail (HELIO_IS_DESTINATION (self), FALSE);
  g_return_val_if_fail (presence != NULL, FALSE);

  HelioAsked asked = { .seq = -1 };
  char *text = helio_status_encode (presence, now, ttl);
  g_autoptr (GBytes) body = g_bytes_new_take (text, strlen (text));
  g_autoptr (SoupMessage) message = message_new (self, SOUP_METHOD_PUT, "/status");

  soup_message_set_request_body_from_bytes (message, "application/json", body);
  g_autoptr (HelioReply) reply
      = ask (self, message, DEADLINE_MS, MAX_ANSWER, &asked, cancellable, error);
  return reply != NULL;
}

GArray *
helio_destination_get_ranges (HelioDestination *self,
                              const char *bucket,
                              int64_t from,
                              int64_t to,
                              int64_t step,
                              GCancellable *cancellable,
                              GError **error)
{
  g_return_val_if_fail (HELIO_IS_DESTINATION (self), NULL);
  g_return_val_if_fail (bucket != NULL, NULL);

  HelioAsked asked = { .seq = -1 };
  g_autofree char *id = g_uri_escape_string (bucket, NULL, FALSE);
  g_autofree char *path = g_strdup_printf ("/ranges?bucket=%s&from=%" G_GINT64_FORMAT
                                           "&to=%" G_GINT64_FORMAT "&step=%" G_GINT64_FORMAT,
                                           id, from, to, step);
  g_autoptr (HelioReply) reply = get (self, path, MAX_BULK_ANSWER, &asked, cancellable, error);
  GError *parse_error = NULL;

  if (reply == NULL)
    return NULL;

  GArray *ranges = helio_ranges_parse (reply->text, reply->length, &parse_error);
  if (ranges == NULL)
    helio_verdict_on_text (&asked, reply, parse_error, error);
  return ranges;
}

GPtrArray *
helio_destination_get_buckets (HelioDestination *self, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (HELIO_IS_DESTINATION (self), NULL);

  HelioAsked asked = { .seq = -1 };
  g_autoptr (HelioReply) reply = get (self, "/buckets", MAX_ANSWER, &asked, cancellable, error);
  GError *parse_error = NULL;

  if (reply == NULL)
    return NULL;

  GPtrArray *buckets = helio_held_buckets_parse (reply->text, reply->length, &parse_error);
  if (buckets == NULL)
    helio_verdict_on_text (&asked, reply, parse_error, error);
  return buckets;
}

GArray *
helio_destination_get_keys (HelioDestination *self,
                            const char *bucket,
                            char **cursor,
                            GCancellable *cancellable,
                            GError **error)
{
  g_return_val_if_fail (HELIO_IS_DESTINATION (self), NULL);
  g_return_val_if_fail (bucket != NULL, NULL);
  g_return_val_if_fail (cursor != NULL, NULL);

  HelioAsked asked = { .seq = -1 };
  g_autofree char *id = g_uri_escape_string (bucket, NULL, FALSE);
  g_autofree char *at = *cursor != NULL ? g_uri_escape_string (*cursor, NULL, FALSE) : NULL;
  g_autofree char *path = g_strdup_printf ("/keys?bucket=%s&limit=%d%s%s", id, KEYS_PER_PART,
                                           at != NULL ? "&cursor=" : "", at != NULL ? at : "");
  g_autoptr (HelioReply) reply = get (self, path, MAX_BULK_ANSWER, &asked, cancellable, error);
  g_autofree char *next = NULL;
  GError *parse_error = NULL;

  if (reply == NULL)
    return NULL;

  g_autoptr (GArray) keys = helio_keys_parse (reply->text, reply->length, &next, &parse_error);
  if (keys == NULL)
    {
      helio_verdict_on_text (&asked, reply, parse_error, error);
      return NULL;
    }
  if (next != NULL && g_strcmp0 (next, *cursor) == 0)
    {
      g_set_error (error, HELIO_ERROR, HELIO_ERROR_FAILED,
                   _ ("%s gives the same part of the keys for ever"), self->address->name);
      return NULL;
    }

  g_free (*cursor);
  *cursor = g_steal_pointer (&next);
  return g_steal_pointer (&keys);
}

HelioHeldEvents *
helio_destination_get_events (HelioDestination *self,
                              const char *bucket,
                              int64_t from,
                              int64_t to,
                              char **cursor,
                              GCancellable *cancellable,
                              GError **error)
{
  g_return_val_if_fail (HELIO_IS_DESTINATION (self), NULL);
  g_return_val_if_fail (bucket != NULL && cursor != NULL, NULL);

  HelioAsked asked = { .seq = -1 };
  g_autofree char *id = g_uri_escape_string (bucket, NULL, FALSE);
  g_autofree char *at = *cursor != NULL ? g_uri_escape_string (*cursor, NULL, FALSE) : NULL;
  g_autofree char *path = g_strdup_printf (
      "/events?bucket=%s&from=%" G_GINT64_FORMAT "&to=%" G_GINT64_FORMAT "&limit=%d%s%s", id, from,
      to, EVENTS_PER_PART, at != NULL ? "&cursor=" : "", at != NULL ? at : "");
  g_autoptr (HelioReply) reply = get (self, path, MAX_BULK_ANSWER, &asked, cancellable, error);
  g_autofree char *next = NULL;
  GError *parse_error = NULL;

  if (reply == NULL)
    return NULL;

  g_autoptr (HelioHeldEvents) held
      = helio_held_events_parse (reply->text, reply->length, &next, &parse_error);
  if (held == NULL)
    {
      helio_verdict_on_text (&asked, reply, parse_error, error);
      return NULL;
    }
  if (next != NULL && (held->events->len == 0 || g_strcmp0 (next, *cursor) == 0))
    {
      g_set_error (error, HELIO_ERROR, HELIO_ERROR_FAILED,
                   _ ("%s gives the same part of the events for ever"), self->address->name);
      return NULL;
    }

  g_free (*cursor);
  *cursor = g_steal_pointer (&next);
  return g_steal_pointer (&held);
}

void
helio_destination_set_deadline (HelioDestination *self, int64_t ms)
{
  g_return_if_fail (HELIO_IS_DESTINATION (self));

  self->deadline_ms = MAX (ms, 0);
}

int
helio_destination_get_retry_after (HelioDestination *self)
{
  g_return_val_if_fail (HELIO_IS_DESTINATION (self), 0);

  return self->retry_after;
}

gboolean
helio_destination_get_told (HelioDestination *self, const char **store, int64_t *seq)
{
  g_return_val_if_fail (HELIO_IS_DESTINATION (self), FALSE);
  g_return_val_if_fail (store != NULL && seq != NULL, FALSE);

  *store = self->told_store;
  *seq = self->told_seq;
  return self->told_store != NULL;
}
