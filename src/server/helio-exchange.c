/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-server"

#include "server/helio-exchange.h"

#include <string.h>

#include "json/helio-json.h"
#include "model/helio-event.h"

#ifndef SOUP_STATUS_INSUFFICIENT_STORAGE
#define SOUP_STATUS_INSUFFICIENT_STORAGE 507
#endif

void
helio_exchange_set_header (HelioExchange *exchange, const char *name, const char *value)
{
  soup_message_headers_replace (soup_server_message_get_response_headers (exchange->message), name,
                                value);
}

/* What comes with a token is answered to its own website alone. */
static gboolean
is_for_any_website (HelioExchange *exchange)
{
  if (exchange->route == NULL)
    return FALSE;
  return exchange->route->access == HELIO_ACCESS_PUBLIC
         || (exchange->route->access == HELIO_ACCESS_PUBLIC_OR_TOKEN
             && soup_message_headers_get_one (
                    soup_server_message_get_request_headers (exchange->message), "Authorization")
                    == NULL);
}

static void
begin_answer (HelioExchange *exchange, guint status)
{
  gboolean is_public = is_for_any_website (exchange);

  soup_server_message_set_status (exchange->message, status, NULL);
  soup_message_body_truncate (soup_server_message_get_response_body (exchange->message));
  helio_exchange_set_header (exchange, "X-Content-Type-Options", "nosniff");
  helio_exchange_set_header (exchange, "Referrer-Policy", "no-referrer");
  helio_exchange_set_header (exchange, "Cross-Origin-Resource-Policy",
                             is_public ? "cross-origin" : "same-origin");
  if (is_public)
    helio_exchange_set_header (exchange, "Access-Control-Allow-Origin", "*");
  exchange->rooms->totals.requests++;
  exchange->rooms->totals.refused += status >= 400 && status < 500;
  exchange->rooms->totals.failed += status >= 500;
}

/* SoupServer takes the end of the connection for the end of a body that is not there. When the
 * head is out it can be told that this body is empty, and keeps the connection. */
static void
on_wrote_headers (SoupServerMessage *message, gpointer user_data)
{
  (void) user_data;
  soup_message_headers_set_content_length (soup_server_message_get_response_headers (message), 0);
}

void
helio_exchange_answer_empty (HelioExchange *exchange, guint status)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (exchange->message);

  begin_answer (exchange, status);
  soup_message_headers_remove (headers, "Content-Type");
  g_signal_connect (exchange->message, "wrote-headers", G_CALLBACK (on_wrote_headers), NULL);
}

void
helio_exchange_answer_bytes (HelioExchange *exchange, guint status, const char *type, GBytes *bytes)
{
  begin_answer (exchange, status);
  helio_exchange_set_header (exchange, "Content-Type", type);
  soup_message_body_append_bytes (soup_server_message_get_response_body (exchange->message), bytes);
}

void
helio_exchange_answer_json (HelioExchange *exchange, guint status, GString *json)
{
  g_autoptr (GBytes) bytes = g_string_free_to_bytes (json);

  helio_exchange_answer_bytes (exchange, status, "application/json", bytes);
  helio_exchange_set_header (exchange, "Cache-Control", "no-store");
}

void
helio_exchange_answer_error (HelioExchange *exchange, guint status, const char *format, ...)
{
  g_autofree char *message = NULL;
  GString *json = g_string_new (NULL);
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_string_append_printf (json, "{\"status\":%u,\"message\":", status);
  helio_json_append_string (json, message, -1);
  g_string_append_c (json, '}');
  helio_exchange_answer_json (exchange, status, json);
}

void
helio_exchange_answer_store_error (HelioExchange *exchange, const GError *error)
{
  if (g_error_matches (error, HELIO_STORE_ERROR, HELIO_STORE_ERROR_INVALID))
    {
      helio_exchange_answer_error (exchange, SOUP_STATUS_BAD_REQUEST, "%s", error->message);
      return;
    }
  /* The message names files of the server: that is for its log, not for its callers. */
  g_warning ("%s", error->message);
  if (g_error_matches (error, HELIO_STORE_ERROR, HELIO_STORE_ERROR_FULL))
    helio_exchange_answer_error (exchange, SOUP_STATUS_INSUFFICIENT_STORAGE,
                                 "The server can't write: its disk is full or read-only. "
                                 "Nothing of this request was stored");
  else if (g_error_matches (error, HELIO_STORE_ERROR, HELIO_STORE_ERROR_BUSY))
    {
      helio_exchange_set_header (exchange, "Retry-After", "10");
      helio_exchange_answer_error (exchange, SOUP_STATUS_SERVICE_UNAVAILABLE,
                                   "The server's database is in use; try again");
    }
  else
    helio_exchange_answer_error (exchange, SOUP_STATUS_INTERNAL_SERVER_ERROR,
                                 "The server's database failed; its log says why");
}

const char *
helio_exchange_get_text (HelioExchange *exchange, const char *name)
{
  return exchange->query != NULL ? g_hash_table_lookup (exchange->query, name) : NULL;
}

gboolean
helio_exchange_get_integer (HelioExchange *exchange,
                            const char *name,
                            const int64_t *otherwise,
                            int64_t *value)
{
  const char *text = helio_exchange_get_text (exchange, name);

  if (text == NULL && otherwise != NULL)
    {
      *value = *otherwise;
      return TRUE;
    }
  if (text != NULL
      && g_ascii_string_to_signed (text, 10, HELIO_TIME_MIN, HELIO_TIME_MAX, value, NULL))
    return TRUE;
  helio_exchange_answer_error (exchange, SOUP_STATUS_BAD_REQUEST,
                               text == NULL ? "%s is missing" : "%s is no whole number below 2^53",
                               name);
  return FALSE;
}

/* The last element is the one that our own proxy added. */
static char *
last_forwarded (SoupMessageHeaders *headers)
{
  const char *simple = soup_message_headers_get_list (headers, "X-Forwarded-For");
  const char *list = simple != NULL ? simple : soup_message_headers_get_list (headers, "Forwarded");
  const char *comma = list != NULL ? strrchr (list, ',') : NULL;
  g_autofree char *last = NULL;
  char *found, *end;

  if (list == NULL)
    return NULL;
  last = g_strstrip (g_strdup (comma != NULL ? comma + 1 : list));
  found = last;
  if (simple == NULL)
    {
      g_autofree char *lower = g_ascii_strdown (last, -1);
      const char *parameter = strstr (lower, "for=");

      if (parameter == NULL)
        return NULL;
      found = last + (parameter - lower) + strlen ("for=");
      end = strchr (found, ';');
      if (end != NULL)
        *end = '\0';
    }
  /* "1.2.3.4:80", "[2001:db8::1]:80", with quotes or without */
  g_strdelimit (found, "\"", ' ');
  found = g_strstrip (found);
  if (found[0] == '[')
    {
      end = strchr (++found, ']');
      if (end != NULL)
        *end = '\0';
    }
  else if ((end = strchr (found, ':')) != NULL && strchr (end + 1, ':') == NULL)
    *end = '\0';
  return helio_address_group (found);
}

char *
helio_exchange_get_address (HelioExchange *exchange)
{
  HelioConnection *connection = helio_listener_find (exchange->message);
  const char *peer = connection != NULL ? connection->address : "";
  char *forwarded = NULL;

  if (connection != NULL && connection->is_by_proxy)
    forwarded = last_forwarded (soup_server_message_get_request_headers (exchange->message));
  return forwarded != NULL ? forwarded : g_strdup (peer);
}
