/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* HTTP/1.1 on plain sockets, one thread per connection, with the habits of the server it stands
 * for: Python closes after each answer, Rust keeps the connection. */

#include "aw-server.h"

G_BEGIN_DECLS

typedef struct
{
  char *method;
  char *target;
  char *path;  /* still percent-encoded */
  char *query; /* without the ?, or NULL */
  char *host;  /* or NULL */
  char *origin;
  char *authorization;
  gboolean closes;
  GString *body;
} AwRequest;

/* Filled by the answer. @headers: further ones, each ended by CR LF. */
typedef struct
{
  int status;
  const char *content_type;
  GString *headers;
  GString *body;
  gboolean has_no_length;
} AwResponse;

/* Listens on @address, as "127.0.0.1:0". Returns the port, or -1. */
int aw_http_listen (const char *address, int *socket, GError **error);
/* Accepts for ever. */
void aw_http_serve (AwServer *server, int socket);

/* The value of a query parameter, decoded, or NULL. */
char *aw_request_get (const AwRequest *request, const char *name);

G_END_DECLS
