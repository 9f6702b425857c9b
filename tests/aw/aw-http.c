/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "aw-http.h"

#include "aw-answers.h"
#include "aw-control.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* A body above this is not kept for the next answer. */
#define KEPT_BODY ((gsize) 16 * 1024 * 1024)
#define MAX_HEAD (64 * 1024)
#define MAX_BODY ((gsize) 1024 * 1024 * 1024)

typedef struct
{
  AwServer *server;
  int socket;
  GString *in; /* read, not yet used */
  AwRequest request;
  AwResponse response;
} Connection;

static const char *
get_reason (int status)
{
  switch (status)
    {
    case 200:
      return "OK";
    case 304:
      return "Not Modified";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 422:
      return "Unprocessable Entity";
    case 429:
      return "Too Many Requests";
    case 500:
      return "Internal Server Error";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    default:
      return "Unknown";
    }
}

int
aw_http_listen (const char *address, int *socket_out, GError **error)
{
  struct sockaddr_in name = { .sin_family = AF_INET };
  socklen_t length = sizeof name;
  const char *colon = strrchr (address, ':');
  g_autofree char *host = colon != NULL ? g_strndup (address, (gsize) (colon - address)) : NULL;
  guint64 port = 0;
  int on = 1;
  int fd;

  if (host == NULL || inet_pton (AF_INET, host, &name.sin_addr) != 1
      || !g_ascii_string_to_unsigned (colon + 1, 10, 0, 65535, &port, NULL))
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s is no address like 127.0.0.1:5600",
                   address);
      return -1;
    }
  name.sin_port = htons ((uint16_t) port);
  fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind (fd, (struct sockaddr *) &name, sizeof name) < 0 || listen (fd, 256) < 0
      || getsockname (fd, (struct sockaddr *) &name, &length) < 0)
    {
      g_set_error (error, G_FILE_ERROR, (int) g_file_error_from_errno (errno), "%s: %s", address,
                   g_strerror (errno));
      close (fd);
      return -1;
    }
  *socket_out = fd;
  return ntohs (name.sin_port);
}

char *
aw_request_get (const AwRequest *request, const char *name)
{
  g_auto (GStrv) pairs = request->query != NULL ? g_strsplit (request->query, "&", -1) : NULL;

  for (int i = 0; pairs != NULL && pairs[i] != NULL; i++)
    {
      char *value = strchr (pairs[i], '=');
      char *text;

      if (value != NULL)
        *value++ = '\0';
      if (strcmp (pairs[i], name) != 0)
        continue;
      if (value == NULL)
        return g_strdup ("");
      text = g_uri_unescape_string (g_strdelimit (value, "+", ' '), NULL);
      return text != NULL ? text : g_strdup ("");
    }
  return NULL;
}

static void
request_clear (AwRequest *request)
{
  g_clear_pointer (&request->method, g_free);
  g_clear_pointer (&request->target, g_free);
  g_clear_pointer (&request->path, g_free);
  g_clear_pointer (&request->query, g_free);
  g_clear_pointer (&request->host, g_free);
  g_clear_pointer (&request->origin, g_free);
  g_clear_pointer (&request->authorization, g_free);
  request->closes = FALSE;
  g_string_truncate (request->body, 0);
}

static gboolean
receive (Connection *connection)
{
  char buffer[65536];
  ssize_t count;

  do
    count = recv (connection->socket, buffer, sizeof buffer, 0);
  while (count < 0 && errno == EINTR);
  if (count <= 0)
    return FALSE;
  g_string_append_len (connection->in, buffer, count);
  return TRUE;
}

static gboolean
send_all (int socket, struct iovec *parts, int count)
{
  while (count > 0)
    {
      struct msghdr message = { .msg_iov = parts, .msg_iovlen = (size_t) count };
      ssize_t sent = sendmsg (socket, &message, MSG_NOSIGNAL);

      if (sent < 0 && errno == EINTR)
        continue;
      if (sent < 0)
        return FALSE;
      while (count > 0 && (size_t) sent >= parts->iov_len)
        {
          sent -= (ssize_t) parts->iov_len;
          parts++;
          count--;
        }
      if (count > 0)
        {
          parts->iov_base = (char *) parts->iov_base + sent;
          parts->iov_len -= (size_t) sent;
        }
    }
  return TRUE;
}

static void
replace (char **text, const char *value)
{
  g_free (*text);
  *text = g_strdup (value);
}

static gboolean
parse_head (AwRequest *request, char *head, gsize *length, gboolean *expects)
{
  g_auto (GStrv) lines = g_strsplit (head, "\r\n", -1);
  g_auto (GStrv) words = g_strsplit (lines[0] != NULL ? lines[0] : "", " ", 3);
  char *mark;

  if (g_strv_length (words) != 3 || !g_str_has_prefix (words[2], "HTTP/1."))
    return FALSE;
  request->method = g_strdup (words[0]);
  request->target = g_strdup (words[1]);
  request->closes = strcmp (words[2], "HTTP/1.0") == 0;
  request->path = g_strdup (words[1]);
  mark = strchr (request->path, '?');
  if (mark != NULL)
    {
      *mark = '\0';
      request->query = g_strdup (mark + 1);
    }
  for (int i = 1; lines[i] != NULL; i++)
    {
      char *value = strchr (lines[i], ':');

      if (value == NULL)
        return FALSE;
      *value++ = '\0';
      g_strstrip (value);
      if (g_ascii_strcasecmp (lines[i], "Host") == 0)
        replace (&request->host, value);
      else if (g_ascii_strcasecmp (lines[i], "Origin") == 0)
        replace (&request->origin, value);
      else if (g_ascii_strcasecmp (lines[i], "Authorization") == 0)
        replace (&request->authorization, value);
      else if (g_ascii_strcasecmp (lines[i], "Connection") == 0)
        request->closes |= g_ascii_strcasecmp (value, "close") == 0;
      else if (g_ascii_strcasecmp (lines[i], "Expect") == 0)
        *expects = TRUE;
      else if (g_ascii_strcasecmp (lines[i], "Content-Length") == 0)
        *length = (gsize) g_ascii_strtoull (value, NULL, 10);
    }
  return *length <= MAX_BODY;
}

static gboolean
read_request (Connection *connection)
{
  AwRequest *request = &connection->request;
  gsize length = 0;
  gsize used;
  gboolean expects = FALSE;
  char *end;

  request_clear (request);
  while ((end = strstr (connection->in->str, "\r\n\r\n")) == NULL)
    if (connection->in->len > MAX_HEAD || !receive (connection))
      return FALSE;
  *end = '\0';
  used = (gsize) (end - connection->in->str) + 4;
  if (!parse_head (request, connection->in->str, &length, &expects))
    return FALSE;
  if (expects && connection->in->len - used < length)
    {
      char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
      struct iovec part = { go_on, sizeof go_on - 1 };

      if (!send_all (connection->socket, &part, 1))
        return FALSE;
    }
  while (connection->in->len - used < length)
    if (!receive (connection))
      return FALSE;
  g_string_append_len (request->body, connection->in->str + used, (gssize) length);
  g_string_erase (connection->in, 0, (gssize) (used + length));
  return TRUE;
}

static void
write_head (const AwServer *server, const AwResponse *response, GString *head)
{
  gboolean is_python = server->flavour == AW_FLAVOUR_PYTHON;
  g_autofree char *reason = is_python ? g_ascii_strup (get_reason (response->status), -1)
                                      : g_strdup (get_reason (response->status));
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *date = g_date_time_format (now, "%a, %d %b %Y %H:%M:%S GMT");

  g_string_printf (head, "HTTP/1.1 %d %s\r\n", response->status, reason);
  if (is_python)
    {
      g_string_append_printf (head, "Server: Werkzeug/2.2.2 Python/3.11.2\r\nDate: %s\r\n", date);
      if (response->content_type != NULL)
        g_string_append_printf (head, "Content-Type: %s\r\n", response->content_type);
      g_string_append_len (head, response->headers->str, (gssize) response->headers->len);
      if (!response->has_no_length)
        g_string_append_printf (head, "Content-Length: %" G_GSIZE_FORMAT "\r\n",
                                response->body->len);
      g_string_append (head, "Connection: close\r\n\r\n");
      return;
    }
  if (response->content_type != NULL)
    g_string_append_printf (head, "content-type: %s\r\n", response->content_type);
  g_string_append_len (head, response->headers->str, (gssize) response->headers->len);
  g_string_append_printf (head,
                          "server: Rocket\r\nx-frame-options: SAMEORIGIN\r\n"
                          "permissions-policy: interest-cohort=()\r\n"
                          "x-content-type-options: nosniff\r\n"
                          "content-length: %" G_GSIZE_FORMAT "\r\ndate: %s\r\n\r\n",
                          response->body->len, date);
}

static void
wait_ms (int64_t ms)
{
  struct timespec span = { ms / 1000, (ms % 1000) * 1000000 };

  while (nanosleep (&span, &span) < 0 && errno == EINTR)
    ;
}

static gboolean
send_body_slowly (Connection *connection, const AwFault *fault, gsize length)
{
  GString *body = connection->response.body;
  gsize piece = fault->piece > 0 ? (gsize) fault->piece : length;

  for (gsize at = 0; at < length; at += piece)
    {
      struct iovec part = { body->str + at, MIN (piece, length - at) };

      if (!send_all (connection->socket, &part, 1))
        return FALSE;
      wait_ms (fault->piece_ms);
    }
  return length == body->len;
}

static gboolean
send_response (Connection *connection, const AwFault *fault)
{
  AwResponse *response = &connection->response;
  gboolean has_body = strcmp (connection->request.method, "HEAD") != 0 && response->status != 304;
  g_autoptr (GString) head = g_string_new (NULL);
  struct iovec parts[2];
  gsize length = has_body ? response->body->len : 0;

  write_head (connection->server, response, head);
  if (fault != NULL && fault->cut >= 0)
    length = MIN (length, (gsize) fault->cut);
  parts[0] = (struct iovec){ head->str, head->len };
  parts[1] = (struct iovec){ response->body->str, length };
  if (fault != NULL && (fault->piece > 0 || fault->piece_ms > 0))
    return send_all (connection->socket, parts, 1) && send_body_slowly (connection, fault, length);
  return send_all (connection->socket, parts, 2) && (!has_body || length == response->body->len);
}

static void
answer_fault (const AwFault *fault, AwResponse *response)
{
  response->status = fault->status;
  response->content_type = fault->content_type != NULL ? fault->content_type : "application/json";
  g_string_truncate (response->headers, 0);
  if (fault->header != NULL)
    g_string_append_printf (response->headers, "%s\r\n", fault->header);
  g_string_assign (response->body, fault->body != NULL ? fault->body : "");
}

/* Returns whether the connection stays. */
static gboolean
answer (Connection *connection)
{
  AwServer *server = connection->server;
  AwRequest *request = &connection->request;
  AwResponse *response = &connection->response;
  g_autoptr (AwFault) fault = NULL;
  AwKind kind;
  int64_t us = 0;
  gboolean stays;

  response->status = 200;
  response->content_type = NULL;
  response->has_no_length = FALSE;
  g_string_truncate (response->headers, 0);
  g_string_truncate (response->body, 0);
  if (g_str_has_prefix (request->path, "/_test/"))
    {
      aw_control_answer (server, request, response);
      return send_response (connection, NULL) && !request->closes
             && server->flavour == AW_FLAVOUR_RUST;
    }
  aw_faults_wait (&server->faults);
  aw_stats_begin (&server->stats);
  kind = aw_request_get_kind (server, request);
  fault = aw_faults_take (&server->faults, request->method, request->target);
  if (fault != NULL)
    wait_ms (fault->delay_ms);
  if (fault == NULL || fault->after || (fault->status == 0 && !fault->drops))
    us = aw_answer (server, request, response);
  if (fault != NULL && fault->status != 0)
    answer_fault (fault, response);
  aw_stats_end (&server->stats, kind, us, response->body->len);
  if (fault != NULL && fault->drops)
    return FALSE;
  stays = send_response (connection, fault);
  return stays && !request->closes && server->flavour == AW_FLAVOUR_RUST;
}

static gpointer
run_connection (gpointer data)
{
  Connection *connection = data;

  connection->in = g_string_new (NULL);
  connection->request.body = g_string_new (NULL);
  connection->response.headers = g_string_new (NULL);
  connection->response.body = g_string_new (NULL);
  while (read_request (connection) && answer (connection))
    if (connection->response.body->allocated_len > KEPT_BODY)
      {
        g_string_free (connection->response.body, TRUE);
        connection->response.body = g_string_new (NULL);
      }
  request_clear (&connection->request);
  g_string_free (connection->in, TRUE);
  g_string_free (connection->request.body, TRUE);
  g_string_free (connection->response.headers, TRUE);
  g_string_free (connection->response.body, TRUE);
  shutdown (connection->socket, SHUT_RDWR);
  close (connection->socket);
  g_free (connection);
  return NULL;
}

void
aw_http_serve (AwServer *server, int socket)
{
  for (;;)
    {
      Connection *connection;
      int on = 1;
      int fd = accept4 (socket, NULL, NULL, SOCK_CLOEXEC);

      if (fd < 0)
        {
          if (errno == EINTR || errno == ECONNABORTED)
            continue;
          return;
        }
      setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      aw_stats_connected (&server->stats);
      connection = g_new0 (Connection, 1);
      connection->server = server;
      connection->socket = fd;
      g_thread_unref (g_thread_new ("connection", run_connection, connection));
    }
}
