/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-destination"

#include "config.h"

#include "destination/helio-verdict.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "json/helio-json.h"
#include "model/helio-error.h"
#include "protocol/helio-protocol-answer.h"

/* A body above this size may be the reason why a peer cuts the connection. */
#define LARGE_BODY (64 * 1024)
#define MAX_CHARS_OF_A_MESSAGE 200
#define MAX_BYTES_OF_A_HOST 253 /* the longest name that DNS knows */
#define MAX_RETRY_AFTER 86400

/* What the server told, or "". It is text from outside: short, without controls
 * and direction marks, and never with our token in it. */
static char *
told (const HelioAsked *asked, const HelioReply *reply)
{
  g_autofree char *message = helio_error_message_parse (reply->text, reply->length);

  if (message == NULL || (asked->token != NULL && strstr (message, asked->token) != NULL)
      || !g_utf8_validate (message, -1, NULL))
    return g_strdup ("");

  g_autoptr (GString) clean = g_string_new (NULL);
  int n = 0;
  for (const char *at = message; *at != '\0' && n < MAX_CHARS_OF_A_MESSAGE;
       at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);
      GUnicodeType type = g_unichar_type (c);

      if (type == G_UNICODE_FORMAT || type == G_UNICODE_SURROGATE || type == G_UNICODE_PRIVATE_USE)
        continue;
      if (type == G_UNICODE_CONTROL || g_unichar_isspace (c))
        c = ' ';
      g_string_append_unichar (clean, c);
      n++;
    }
  g_strstrip (clean->str);

  return g_string_free (g_steal_pointer (&clean), FALSE);
}

static gboolean
no_backend (const HelioAsked *asked, const char *what, GError **error)
{
  /* Translators: scheme and host of an address, then nothing or ", which answers with…". */
  g_set_error (error, HELIO_ERROR, HELIO_ERROR_NOT_A_BACKEND,
               _ ("No Heliograph backend at %s://%s%s: is the address right? On PocketBase the "
                  "Heliograph add-on is missing"),
               g_uri_get_scheme (asked->base), asked->name, what);
  return FALSE;
}

/* Scheme, host and port only: a path may hold what nobody should read in a log. NULL for what is
 * no place on the web. */
static char *
name_place (GUri *uri)
{
  const char *scheme = g_uri_get_scheme (uri);
  const char *host = g_uri_get_host (uri);
  int port = g_uri_get_port (uri);
  gboolean is_https = strcmp (scheme, "https") == 0;

  if (host == NULL || *host == '\0' || strlen (host) > MAX_BYTES_OF_A_HOST
      || (!is_https && strcmp (scheme, "http") != 0))
    return NULL;
  return g_uri_join (G_URI_FLAGS_NONE, scheme, NULL, host,
                     port == (is_https ? 443 : 80) ? -1 : port, "", NULL, NULL);
}

static gboolean
redirect (const HelioAsked *asked, const HelioReply *reply, GError **error)
{
  g_autofree char *to = NULL;

  if (reply->location != NULL)
    {
      /* Never as a text in between: some that can be read GLib can't write. */
      g_autoptr (GUri) target
          = g_uri_parse_relative (asked->base, reply->location, SOUP_HTTP_URI_FLAGS, NULL);

      to = target != NULL ? name_place (target) : NULL;
    }
  if (to == NULL || (asked->token != NULL && strstr (to, asked->token) != NULL))
    {
      g_set_error (error, HELIO_ERROR, HELIO_ERROR_REDIRECT,
                   _ ("%s redirects (%u) without saying where: correct its address"), asked->name,
                   reply->status);
      return FALSE;
    }
  g_set_error (
      error, HELIO_ERROR, HELIO_ERROR_REDIRECT,
      _ ("%s redirects (%u) to %s, which is not followed with a token: correct its address"),
      asked->name, reply->status, to);
  return FALSE;
}

static gboolean
conflict (const HelioAsked *asked, const HelioReply *reply, GError **error)
{
  int64_t seq = -1;
  gboolean has_seq = helio_conflict_parse (reply->text, reply->length, &seq);

  if (has_seq && asked->seq >= 0 && seq == asked->seq)
    {
      g_set_error (error, HELIO_ERROR, HELIO_ERROR_RETRY,
                   _ ("%s has seen this request before; whether it was taken is not known"),
                   asked->name);
      return FALSE;
    }

  g_set_error (
      error, HELIO_ERROR, HELIO_ERROR_CONFLICT,
      _ ("%s has seen a later write than ours: another agent may use the same token, or our "
         "ledger is old"),
      asked->name);
  return FALSE;
}

static gboolean
fail (const HelioAsked *asked,
      const HelioReply *reply,
      HelioError code,
      const char *what,
      GError **error)
{
  g_autofree char *message = told (asked, reply);

  if (*message != '\0')
    /* Translators: a host, what it did ("refused the token"), a number, and its own words. */
    g_set_error (error, HELIO_ERROR, (int) code, _ ("%s %s (%u): %s"), asked->name, what,
                 reply->status, message);
  else
    /* Translators: a host, what it did ("refused the token"), and a number. */
    g_set_error (error, HELIO_ERROR, (int) code, _ ("%s %s (%u)"), asked->name, what,
                 reply->status);
  return FALSE;
}

gboolean
helio_verdict_on_status (const HelioAsked *asked, const HelioReply *reply, GError **error)
{
  guint status = reply->status;

  if (SOUP_STATUS_IS_SUCCESSFUL (status))
    return reply->is_html ? no_backend (asked, _ (", which answers with a web page"), error) : TRUE;
  if (SOUP_STATUS_IS_REDIRECTION (status))
    return redirect (asked, reply, error);
  if (SOUP_STATUS_IS_SERVER_ERROR (status))
    return fail (asked, reply, HELIO_ERROR_RETRY, _ ("can't take it now"), error);

  switch (status)
    {
    case 400:
    case 415:
    case 422:
      return fail (asked, reply, HELIO_ERROR_REFUSED, _ ("refused the request"), error);
    case 401:
    case 403:
      return fail (asked, reply, HELIO_ERROR_TOKEN, _ ("refused the token"), error);
    case 404:
    case 405:
    case 410:
      return no_backend (asked, "", error);
    case 408:
    case 425:
    case 429:
      return fail (asked, reply, HELIO_ERROR_RETRY, _ ("asks to wait"), error);
    case 409:
      return conflict (asked, reply, error);
    case 413:
      return fail (asked, reply, HELIO_ERROR_TOO_LARGE, _ ("refused the size of the request"),
                   error);
    default:
      return fail (asked, reply, HELIO_ERROR_FAILED, _ ("gave an answer that we don't expect"),
                   error);
    }
}

static const char *
tls_reason (GTlsCertificateFlags problems)
{
  if (problems & G_TLS_CERTIFICATE_EXPIRED)
    return _ ("its certificate has expired");
  if (problems & G_TLS_CERTIFICATE_NOT_ACTIVATED)
    return _ ("its certificate is not valid yet; is the clock right?");
  if (problems & G_TLS_CERTIFICATE_REVOKED)
    return _ ("its certificate was revoked");
  if (problems & G_TLS_CERTIFICATE_BAD_IDENTITY)
    return _ ("its certificate is for another host");
  if (problems & G_TLS_CERTIFICATE_INSECURE)
    return _ ("its certificate is too weak");
  if (problems & G_TLS_CERTIFICATE_UNKNOWN_CA)
    return _ ("its certificate is signed by itself or by someone this system does not trust");
  return _ ("its certificate can't be verified");
}

static void
tls_verdict (const HelioAsked *asked,
             const HelioReply *reply,
             const GError *failure,
             GError **error)
{
  const char *reason = _ ("it does not speak TLS as it should; is the address an http one?");

  if (reply->tls_problems != 0 || failure->code == G_TLS_ERROR_BAD_CERTIFICATE)
    reason = tls_reason (reply->tls_problems);
  else if (failure->code == G_TLS_ERROR_UNAVAILABLE)
    reason = _ ("this system has no TLS; install glib-networking");
  else if (failure->code == G_TLS_ERROR_HANDSHAKE)
    reason = _ ("it has no version of TLS that this system accepts");

  g_set_error (error, HELIO_ERROR, HELIO_ERROR_TLS, _ ("No secure connection to %s: %s"),
               asked->name, reason);
}

/* Whether the peer closed the connection, as opposed to being late or not there at all. */
static gboolean
is_cut (const GError *failure)
{
  return g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED)
         || g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT)
         || g_error_matches (failure, G_TLS_ERROR, G_TLS_ERROR_EOF);
}

void
helio_verdict_on_failure (const HelioAsked *asked,
                          const HelioReply *reply,
                          const GError *failure,
                          GError **error)
{
  if (failure->domain == G_TLS_ERROR && failure->code != G_TLS_ERROR_EOF)
    {
      tls_verdict (asked, reply, failure, error);
      return;
    }

  if (g_error_matches (failure, SOUP_SESSION_ERROR, SOUP_SESSION_ERROR_PARSING))
    {
      if (asked->is_test)
        no_backend (asked, _ (", which does not speak HTTP"), error);
      else
        g_set_error (error, HELIO_ERROR, HELIO_ERROR_RETRY, _ ("%s gave an answer that is no HTTP"),
                     asked->name);
      return;
    }

  /* On a connection that has served before, a cut may only mean that it had gone stale: the next
   * attempt has a fresh one and will tell. */
  if (reply->status == 0 && reply->has_written && !reply->is_reused && is_cut (failure)
      && asked->sent > LARGE_BODY)
    {
      g_set_error (error, HELIO_ERROR, HELIO_ERROR_TOO_LARGE,
                   _ ("%s closed the connection while %zu KiB were sent"), asked->name,
                   asked->sent / 1024);
      return;
    }

  if (is_cut (failure))
    g_set_error (error, HELIO_ERROR, HELIO_ERROR_RETRY,
                 _ ("%s closed the connection before its answer was complete"), asked->name);
  else
    g_set_error (error, HELIO_ERROR, HELIO_ERROR_RETRY, _ ("%s can't be reached: %s"), asked->name,
                 failure->message);
}

static gboolean
is_cut_json (const HelioReply *reply)
{
  HelioJson json;
  const char *text;
  gsize length;

  if (reply->has_length)
    return FALSE;
  if (reply->length == 0)
    return TRUE;

  helio_json_init (&json, reply->text, reply->length);
  return !helio_json_take_value (&json, &text, &length) && json.is_cut;
}

void
helio_verdict_on_text (const HelioAsked *asked,
                       const HelioReply *reply,
                       GError *parse_error,
                       GError **error)
{
  g_autoptr (GError) owned = parse_error;

  if (is_cut_json (reply))
    g_set_error (error, HELIO_ERROR, HELIO_ERROR_RETRY,
                 _ ("%s closed the connection before its answer was complete"), asked->name);
  else
    g_set_error (error, owned->domain, owned->code, "%s: %s", asked->name, owned->message);
}

int
helio_verdict_retry_after (const HelioReply *reply, int64_t now)
{
  guint64 seconds;

  if (reply->retry_after == NULL)
    return 0;
  if (g_ascii_isdigit (reply->retry_after[0]))
    {
      if (!g_ascii_string_to_unsigned (reply->retry_after, 10, 0, G_MAXUINT64, &seconds, NULL))
        return 0;
      return (int) MIN (seconds, MAX_RETRY_AFTER);
    }

  /* The server's own clock, where it tells it: ours may be wrong. */
  g_autoptr (GDateTime) at = soup_date_time_new_from_http_string (reply->retry_after);
  g_autoptr (GDateTime) date
      = reply->date != NULL ? soup_date_time_new_from_http_string (reply->date) : NULL;
  if (at == NULL)
    return 0;

  int64_t from = date != NULL ? g_date_time_to_unix (date) : now / 1000;
  return (int) CLAMP (g_date_time_to_unix (at) - from, 0, MAX_RETRY_AFTER);
}
