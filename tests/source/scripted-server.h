/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* A server in a thread that answers, byte for byte, what a test wrote down: each request takes
 * the next answer. */

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _ScriptedServer ScriptedServer;

ScriptedServer *scripted_server_new (void);
void scripted_server_free (ScriptedServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScriptedServer, scripted_server_free)

/* `http://127.0.0.1:PORT` */
const char *scripted_server_get_url (ScriptedServer *server);

/* Sends @text verbatim, then keeps the connection or closes it. */
void
scripted_server_answer (ScriptedServer *server, const char *text, gssize length, gboolean keeps);

/* The same with a status line and headers. */
void scripted_server_answer_json (ScriptedServer *server, const char *status, const char *body);

/* Sends @text, then holds the connection until the client closes it. */
void scripted_server_hang (ScriptedServer *server, const char *text);

/* Takes the request and closes the connection without an answer. */
void scripted_server_hang_up (ScriptedServer *server);

/* The head of the next request that came, waiting for it. */
char *scripted_server_take_request (ScriptedServer *server);
guint scripted_server_count_left (ScriptedServer *server);

G_END_DECLS
