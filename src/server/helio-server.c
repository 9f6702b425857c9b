/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-server"

#include "server/helio-server.h"

#include <string.h>

#include "json/helio-json.h"
#include "model/helio-time.h"
#include "server/helio-exchange.h"

#define BASE "/api/heliograph/v1"
#define MAX_STATUS_BYTES (64 * 1024)
#define MAX_TOKEN_CHARS 64
#define MAX_VIEWERS 10000

/* How long a client may take to send its body. */
#define BODY_SECONDS 120

/* How long a refused client may go on sending. */
#define REFUSED_SECONDS 10

/* SoupServer answers what it can't read by itself, and then says this. */
#define NOT_UNDERSTOOD                                                                             \
  "{\"status\":400,\"message\":\"This request can't be understood as HTTP/1.1\"}"

#define GET HELIO_METHOD_GET

static const HelioRoute routes[] = {
  { BASE "/devices", GET, HELIO_ACCESS_PUBLIC, 0, helio_api_devices },
  { BASE "/status", HELIO_METHOD_PUT, HELIO_ACCESS_TOKEN, MAX_STATUS_BYTES, helio_api_status },
  { BASE "/events", GET | HELIO_METHOD_POST | HELIO_METHOD_DELETE, HELIO_ACCESS_TOKEN,
    HELIO_MAX_BYTES, helio_api_events },
  { BASE "/live", GET, HELIO_ACCESS_PUBLIC, 0, helio_api_live },
  { BASE "/days", GET, HELIO_ACCESS_PUBLIC, 0, helio_api_days },
  { BASE, GET, HELIO_ACCESS_PUBLIC_OR_TOKEN, 0, helio_api_base },
  { BASE "/", GET, HELIO_ACCESS_PUBLIC_OR_TOKEN, 0, helio_api_base },
  { BASE "/buckets", GET, HELIO_ACCESS_TOKEN, 0, helio_api_buckets },
  { BASE "/ranges", GET, HELIO_ACCESS_TOKEN, 0, helio_api_ranges },
  { BASE "/keys", GET, HELIO_ACCESS_TOKEN, 0, helio_api_keys },
  { BASE "/apps", GET, HELIO_ACCESS_TOKEN, 0, helio_api_apps },
  { BASE "/timeline", GET, HELIO_ACCESS_TOKEN, 0, helio_api_timeline },
  { "/healthz", GET, HELIO_ACCESS_PAGE, 0, helio_pages_health },
  { "/metrics", GET, HELIO_ACCESS_MAYBE_TOKEN, 0, helio_pages_metrics },
  { "/widget.js", GET, HELIO_ACCESS_PUBLIC, 0, helio_pages_widget },
  { "/badge/*", GET, HELIO_ACCESS_PUBLIC, 0, helio_pages_badge },
  { "/api/*", 0, HELIO_ACCESS_PAGE, 0, NULL },
  { "/*", GET, HELIO_ACCESS_PAGE, 0, helio_pages_file },
};

struct _HelioServer
{
  SoupServer *soup;
  HelioRooms rooms;
  GBytes *not_understood;
};

static GQuark
exchange_quark (void)
{
  return g_quark_from_static_string ("helio-exchange");
}

static void
exchange_free (gpointer data)
{
  HelioExchange *exchange = data;

  g_clear_pointer (&exchange->body, helio_request_body_free);
  g_free (exchange);
}

static HelioMethod
method_from_string (const char *name)
{
  return strcmp (name, "GET") == 0 || strcmp (name, "HEAD") == 0 ? HELIO_METHOD_GET
         : strcmp (name, "POST") == 0                            ? HELIO_METHOD_POST
         : strcmp (name, "PUT") == 0                             ? HELIO_METHOD_PUT
         : strcmp (name, "DELETE") == 0                          ? HELIO_METHOD_DELETE
         : strcmp (name, "OPTIONS") == 0                         ? HELIO_METHOD_OPTIONS
                                                                 : HELIO_METHOD_OTHER;
}

static char *
list_methods (const HelioRoute *route)
{
  return g_strconcat (route->methods & GET ? "GET, HEAD, " : "",
                      route->methods & HELIO_METHOD_POST ? "POST, " : "",
                      route->methods & HELIO_METHOD_PUT ? "PUT, " : "",
                      route->methods & HELIO_METHOD_DELETE ? "DELETE, " : "", "OPTIONS", NULL);
}

static const HelioRoute *
find_route (const char *path)
{
  for (guint i = 0; i < G_N_ELEMENTS (routes); i++)
    {
      gsize length = strlen (routes[i].path);

      if (routes[i].path[length - 1] == '*' ? strncmp (path, routes[i].path, length - 1) == 0
                                            : strcmp (path, routes[i].path) == 0)
        return &routes[i];
    }
  return NULL;
}

/* -- who is let in ------------------------------------------------------------------------ */

/* What the client says, or 0. The framing has seen that it is one number, if any. */
static gsize
find_length (HelioExchange *exchange)
{
  const char *text = soup_message_headers_get_list (
      soup_server_message_get_request_headers (exchange->message), "Content-Length");

  return text != NULL ? g_ascii_strtoull (text, NULL, 10) : 0;
}

static gboolean
answer_unauthorized (HelioExchange *exchange, const char *message)
{
  helio_exchange_set_header (exchange, "WWW-Authenticate", "Bearer realm=\"heliograph\"");
  helio_exchange_answer_error (exchange, SOUP_STATUS_UNAUTHORIZED, "%s", message);
  return FALSE;
}

static gboolean
check_token (HelioExchange *exchange)
{
  const char *header = soup_message_headers_get_one (
      soup_server_message_get_request_headers (exchange->message), "Authorization");
  const HelioToken *token = NULL;

  if (exchange->route->access == HELIO_ACCESS_PUBLIC
      || exchange->route->access == HELIO_ACCESS_PAGE)
    return TRUE;
  if (header == NULL)
    return exchange->route->access != HELIO_ACCESS_TOKEN
           || answer_unauthorized (exchange, "A token is needed: Authorization: Bearer hg_...");
  if (g_ascii_strncasecmp (header, "Bearer ", 7) == 0 && strlen (header + 7) <= MAX_TOKEN_CHARS)
    token = helio_board_find_token (exchange->rooms->board, header + 7);
  if (token == NULL)
    return answer_unauthorized (exchange, "The token is not known here, or was revoked");
  exchange->only_reads = token->device == 0;
  exchange->device = helio_board_find_device (exchange->rooms->board, token->device);
  if (exchange->only_reads && exchange->method != GET)
    {
      helio_exchange_answer_error (exchange, SOUP_STATUS_FORBIDDEN, "This token only reads");
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_method (HelioExchange *exchange)
{
  const HelioRoute *route = exchange->route;
  g_autofree char *methods = NULL;

  if (route->handler == NULL)
    {
      helio_exchange_answer_error (exchange, SOUP_STATUS_NOT_FOUND,
                                   "There is no such call; the protocol begins at " BASE);
      return FALSE;
    }
  if (route->methods & exchange->method)
    return TRUE;
  methods = list_methods (route);
  helio_exchange_set_header (exchange, "Allow", methods);
  if (exchange->method != HELIO_METHOD_OPTIONS)
    {
      helio_exchange_answer_error (exchange, SOUP_STATUS_METHOD_NOT_ALLOWED, "Only %s here",
                                   methods);
      return FALSE;
    }
  helio_exchange_answer_empty (exchange, SOUP_STATUS_NO_CONTENT);
  if (route->access == HELIO_ACCESS_PUBLIC)
    {
      helio_exchange_set_header (exchange, "Access-Control-Allow-Methods", methods);
      helio_exchange_set_header (exchange, "Access-Control-Max-Age", "86400");
    }
  return FALSE;
}

static gboolean
begin_body (HelioExchange *exchange)
{
  gsize length = find_length (exchange);
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (exchange->message);
  const char *type = soup_message_headers_get_content_type (headers, NULL);
  const char *encoding = soup_message_headers_get_list (headers, "Content-Encoding");
  gboolean is_gzip = encoding != NULL && g_ascii_strcasecmp (encoding, "gzip") == 0;

  if (exchange->method != HELIO_METHOD_POST && exchange->method != HELIO_METHOD_PUT)
    return TRUE;
  if (type != NULL && g_ascii_strcasecmp (type, "application/json") != 0)
    {
      helio_exchange_answer_error (exchange, SOUP_STATUS_UNSUPPORTED_MEDIA_TYPE,
                                   "The body must be application/json");
      return FALSE;
    }
  if (encoding != NULL && !is_gzip && g_ascii_strcasecmp (encoding, "identity") != 0)
    {
      helio_exchange_answer_error (exchange, SOUP_STATUS_UNSUPPORTED_MEDIA_TYPE,
                                   "The only encoding understood here is gzip");
      return FALSE;
    }
  if (length > exchange->route->max_body)
    {
      helio_exchange_answer_error (exchange, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE,
                                   "The body is larger than %zu bytes", exchange->route->max_body);
      return FALSE;
    }
  exchange->body = helio_request_body_new (exchange->route->max_body, length, is_gzip);
  return TRUE;
}

/* -- one request, step by step ------------------------------------------------------------ */

static void
on_got_chunk (SoupServerMessage *message, GBytes *chunk, gpointer user_data)
{
  HelioExchange *exchange = user_data;

  (void) message;
  if (exchange->body != NULL)
    helio_request_body_add (exchange->body, g_bytes_get_data (chunk, NULL),
                            g_bytes_get_size (chunk));
}

/* SoupServer says here that it begins to wait for a request. */
static void
on_request_started (SoupServer *soup, SoupServerMessage *message, gpointer user_data)
{
  HelioServer *server = user_data;
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  (void) soup;
  soup_message_body_append_bytes (soup_server_message_get_response_body (message),
                                  server->not_understood);
  soup_message_headers_set_content_type (headers, "application/json", NULL);
  soup_message_headers_replace (headers, "Connection", "close");
  soup_message_headers_replace (headers, "X-Content-Type-Options", "nosniff");
}

static void
on_request_ended (SoupServer *soup, SoupServerMessage *message, gpointer user_data)
{
  HelioConnection *connection = helio_listener_find (message);

  (void) soup;
  (void) user_data;
  if (connection != NULL)
    helio_connection_end_request (connection);
}

static gboolean
has_body (HelioExchange *exchange)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (exchange->message);
  const char *length = soup_message_headers_get_list (headers, "Content-Length");

  return soup_message_headers_get_list (headers, "Transfer-Encoding") != NULL
         || (length != NULL && strcmp (length, "0") != 0);
}

/* Whoever is refused hears it before he has sent a body that nobody wants. */
static void
answer_at_once (HelioExchange *exchange, HelioConnection *connection)
{
  SoupServerMessage *message = exchange->message;
  guint status = soup_server_message_get_status (message);
  g_autoptr (GBytes) body
      = soup_message_body_flatten (soup_server_message_get_response_body (message));
  g_autoptr (GString) answer = g_string_new (NULL);
  SoupMessageHeadersIter iter;
  const char *name, *value;

  g_string_append_printf (answer, "HTTP/1.1 %u %s\r\n", status, soup_status_get_phrase (status));
  soup_message_headers_iter_init (&iter, soup_server_message_get_response_headers (message));
  while (soup_message_headers_iter_next (&iter, &name, &value))
    if (g_ascii_strcasecmp (name, "Connection") != 0
        && g_ascii_strcasecmp (name, "Content-Length") != 0)
      g_string_append_printf (answer, "%s: %s\r\n", name, value);
  g_string_append_printf (answer, "Connection: close\r\nContent-Length: %zu\r\n\r\n",
                          g_bytes_get_size (body));
  g_string_append_len (answer, g_bytes_get_data (body, NULL), (gssize) g_bytes_get_size (body));
  helio_connection_refuse (connection, answer->str, REFUSED_SECONDS);
}

/* The head is here, the body is not: what is refused now is never kept. */
static void
on_head (SoupServer *soup,
         SoupServerMessage *message,
         const char *path,
         GHashTable *query,
         gpointer user_data)
{
  HelioServer *server = user_data;
  HelioConnection *connection = helio_listener_find (message);
  HelioExchange *exchange = g_new0 (HelioExchange, 1);

  (void) soup;
  soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
  g_object_set_qdata_full (G_OBJECT (message), exchange_quark (), exchange, exchange_free);
  exchange->rooms = &server->rooms;
  exchange->message = message;
  exchange->path = path;
  exchange->query = query;
  exchange->method = method_from_string (soup_server_message_get_method (message));
  exchange->route = find_route (path);
  if (connection != NULL)
    helio_connection_begin_request (connection, BODY_SECONDS);
  helio_board_refresh (server->rooms.board);
  soup_message_headers_remove (soup_server_message_get_response_headers (message), "Connection");

  if (exchange->route == NULL)
    helio_exchange_answer_error (exchange, SOUP_STATUS_NOT_FOUND, "There is nothing here");
  else if (check_method (exchange) && check_token (exchange) && begin_body (exchange))
    {
      if (exchange->body != NULL)
        g_signal_connect (message, "got-chunk", G_CALLBACK (on_got_chunk), exchange);
      return;
    }
  if (connection == NULL)
    return;
  if (has_body (exchange))
    answer_at_once (exchange, connection);
  else
    helio_connection_set_deadline (connection, REFUSED_SECONDS);
}

static gboolean
finish_body (HelioExchange *exchange)
{
  if (exchange->body == NULL)
    return TRUE;
  switch (helio_request_body_finish (exchange->body))
    {
    case HELIO_REQUEST_BODY_TOO_LARGE:
      helio_exchange_answer_error (exchange, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE,
                                   "The (inflated) body is larger than %zu bytes",
                                   exchange->route->max_body);
      return FALSE;
    case HELIO_REQUEST_BODY_NOT_GZIP:
      helio_exchange_answer_error (exchange, SOUP_STATUS_BAD_REQUEST, "The body is no whole gzip");
      return FALSE;
    case HELIO_REQUEST_BODY_GOOD:
    default:
      return TRUE;
    }
}

/* All is here. Only requests that on_head() let pass come so far. */
static void
on_request (SoupServer *soup,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer user_data)
{
  HelioServer *server = user_data;
  HelioConnection *connection = helio_listener_find (message);
  HelioExchange *exchange = g_object_get_qdata (G_OBJECT (message), exchange_quark ());

  (void) soup;
  if (exchange == NULL || exchange->route == NULL || exchange->route->handler == NULL)
    {
      soup_server_message_set_status (message, SOUP_STATUS_INTERNAL_SERVER_ERROR, NULL);
      return;
    }
  exchange->path = path;
  exchange->query = query;
  exchange->now = helio_time_now ();
  if (connection != NULL)
    helio_connection_begin_answer (connection);

  /* While the body came the token may have been revoked. */
  if (exchange->body != NULL)
    helio_board_refresh (server->rooms.board);
  if (!check_token (exchange) || !finish_body (exchange))
    return;
  exchange->route->handler (exchange);
  exchange->device = NULL;
  g_clear_pointer (&exchange->body, helio_request_body_free);
}

static void
on_announce (const char *text, gsize length, gpointer user_data)
{
  HelioServer *server = user_data;

  if (server->rooms.viewers != NULL)
    helio_viewers_broadcast (server->rooms.viewers, text, length);
}

static gboolean
on_first_sweep (gpointer data)
{
  HelioRooms *rooms = data;

  if (helio_store_sweep (rooms->store))
    return G_SOURCE_CONTINUE;
  rooms->sweep_id = 0;
  return G_SOURCE_REMOVE;
}

HelioServer *
helio_server_new (HelioStore *store, const char *listen, const char *proxy, GError **error)
{
  g_autoptr (HelioServer) server = g_new0 (HelioServer, 1);
  HelioRooms *rooms = &server->rooms;
  guint n_connections;

  server->not_understood = g_bytes_new_static (NOT_UNDERSTOOD, strlen (NOT_UNDERSTOOD));
  rooms->store = store;
  rooms->started = helio_time_now ();
  rooms->days = helio_days_new (store);
  rooms->files = helio_pages_new_files ();
  rooms->board = helio_board_new (store, on_announce, server, error);
  if (rooms->board == NULL)
    return NULL;

  server->soup = soup_server_new ("server-header", "heliograph", NULL);
  g_signal_connect (server->soup, "request-started", G_CALLBACK (on_request_started), server);
  g_signal_connect (server->soup, "request-finished", G_CALLBACK (on_request_ended), server);
  soup_server_add_early_handler (server->soup, NULL, on_head, server, NULL);
  soup_server_add_handler (server->soup, NULL, on_request, server, NULL);
  rooms->listener = helio_listener_new (server->soup, listen, proxy, error);
  if (rooms->listener == NULL)
    return NULL;

  /* Viewers leave a quarter of the connections to everybody else. */
  n_connections = helio_listener_get_max_connections (rooms->listener);
  rooms->viewers = helio_viewers_new (MIN (MAX_VIEWERS, n_connections - n_connections / 4));
  rooms->sweep_id = g_idle_add (on_first_sweep, rooms);
  return g_steal_pointer (&server);
}

void
helio_server_free (HelioServer *server)
{
  HelioRooms *rooms = &server->rooms;

  g_clear_handle_id (&rooms->sweep_id, g_source_remove);
  g_clear_handle_id (&rooms->refresh_id, g_source_remove);
  if (server->soup != NULL)
    soup_server_disconnect (server->soup);
  g_clear_pointer (&rooms->viewers, helio_viewers_free);
  g_clear_pointer (&rooms->listener, helio_listener_free);
  g_clear_object (&server->soup);
  g_clear_pointer (&rooms->board, helio_board_free);
  helio_days_free (rooms->days);
  g_hash_table_unref (rooms->files);
  g_bytes_unref (server->not_understood);
  g_free (server);
}

const char *
helio_server_get_address (HelioServer *server)
{
  return helio_listener_get_address (server->rooms.listener);
}
