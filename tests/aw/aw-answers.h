/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* From a request to its answer. What both servers share is here and in aw-answers.c; what each
 * does in its own way in aw-answers-python.c and aw-answers-rust.c. */

#include "aw-http.h"
#include "aw-pace.h"

G_BEGIN_DECLS

typedef enum
{
  AW_ROUTE_NONE,
  AW_ROUTE_INFO,
  AW_ROUTE_BUCKETS,
  AW_ROUTE_BUCKET,
  AW_ROUTE_EVENTS,
  AW_ROUTE_EVENT,
  AW_ROUTE_COUNT,
  AW_ROUTE_HEARTBEAT,
  AW_ROUTE_BUCKET_EXPORT,
  AW_ROUTE_EXPORT,
  AW_ROUTE_IMPORT,
  AW_ROUTE_QUERY,
  AW_ROUTE_SETTINGS,
  AW_ROUTE_LOG,
} AwRoute;

typedef struct
{
  AwServer *server;
  const AwRequest *request;
  AwResponse *response;
  AwRoute route;
  gboolean has_slash;
  char *path; /* decoded */
  char *bucket_id;
  char *event_id;
  /* out */
  int64_t cost;
} AwExchange;

/* Answers a request; returns the µs it was served, waiting for the lock not counted. */
int64_t aw_answer (AwServer *server, const AwRequest *request, AwResponse *response);
AwKind aw_request_get_kind (AwServer *server, const AwRequest *request);

void aw_python_answer (AwExchange *exchange);
void aw_rust_answer (AwExchange *exchange);
/* Heartbeats as each server takes them. The event gets what the answer shows. Return FALSE for the
 * 500 that the real servers give; on Rust @message says why. */
gboolean
aw_python_heartbeat (AwServer *server, AwBucket *bucket, AwEvent *event, int64_t pulsetime);
gboolean aw_rust_heartbeat (
    AwServer *server, AwBucket *bucket, AwEvent *event, int64_t pulsetime, char **message);

/* The flavour's own way, for the parts that are not clients. */
gboolean aw_take_heartbeat (AwServer *server, AwBucket *bucket, AwEvent *event, int64_t pulsetime);
void aw_take_insert (AwServer *server, AwBucket *bucket, AwEvent *event);
AwBucket *aw_make_bucket (
    AwServer *server, const char *id, const char *type, const char *client, const char *hostname);

/* Reads an event as it is sent. Returns FALSE if the server would not take it. */
gboolean aw_event_read (const AwJson *json, AwFlavour flavour, int64_t now, AwEvent *event);

void aw_reply (AwResponse *response, int status, const char *content_type, const char *body);
void aw_reply_python_hint (AwExchange *exchange);

G_END_DECLS
