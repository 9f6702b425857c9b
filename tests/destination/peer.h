/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* A backend of the tests: a SoupServer in a thread of its own that gives the answer it is told. */

#include <libsoup/soup.h>

typedef struct _Peer Peer;

/**
 * Said:
 *
 * What came with the last request.
 */
typedef struct
{
  char *method;
  char *path;
  char *query;
  GHashTable *headers; /* names in lower case */
  GBytes *body;
  guint n_requests;
  guint n_connections;
} Said;

Peer *peer_new (GTlsCertificate *certificate);
void peer_free (Peer *peer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Peer, peer_free)

guint peer_get_port (Peer *peer);

/* @headers: "Name: value" lines, or NULL */
void
peer_answer (Peer *peer, guint status, const char *type, const char *body, const char *headers);

/* What came last; do not keep it over the next request. */
const Said *peer_get_said (Peer *peer);
const char *said_header (const Said *said, const char *name);
