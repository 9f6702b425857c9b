/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* One request and its answer, as the handlers see it. */

#include <libsoup/soup.h>

#include "server/helio-board.h"
#include "server/helio-days.h"
#include "server/helio-listener.h"
#include "server/helio-request-body.h"
#include "server/helio-viewers.h"

G_BEGIN_DECLS

#define HELIO_MAX_EVENTS 5000
#define HELIO_MAX_BYTES (16 * 1024 * 1024)

/* What /metrics tells. */
typedef struct
{
  uint64_t requests;
  uint64_t refused; /* answered 4xx */
  uint64_t failed;  /* answered 5xx */
  uint64_t statuses;
  uint64_t stored;
  uint64_t deleted;
  uint64_t rejected;
} HelioTotals;

/* What the handlers work on. */
typedef struct
{
  HelioStore *store;
  HelioBoard *board;
  HelioDays *days;
  HelioViewers *viewers;
  HelioListener *listener;
  GHashTable *files; /* of the page, as they were asked for */
  HelioTotals totals;
  int64_t started;
  guint n_readings;
  guint refresh_id;
  guint sweep_id;
} HelioRooms;

typedef enum
{
  HELIO_METHOD_GET = 1 << 0,
  HELIO_METHOD_POST = 1 << 1,
  HELIO_METHOD_PUT = 1 << 2,
  HELIO_METHOD_DELETE = 1 << 3,
  HELIO_METHOD_OPTIONS = 1 << 4,
  HELIO_METHOD_OTHER = 0,
} HelioMethod;

typedef struct _HelioExchange HelioExchange;
typedef void (*HelioHandler) (HelioExchange *exchange);

typedef enum
{
  HELIO_ACCESS_PUBLIC,          /* everybody, from any website */
  HELIO_ACCESS_PUBLIC_OR_TOKEN, /* the same, and a good token hears more */
  HELIO_ACCESS_PAGE,            /* everybody */
  HELIO_ACCESS_TOKEN,           /* a token */
  HELIO_ACCESS_MAYBE_TOKEN,     /* a good token or none */
} HelioAccess;

/**
 * HelioRoute:
 * @path: whole path, or with a `*` at its end everything that begins so
 * @max_body: most bytes of a (inflated) body
 */
typedef struct
{
  const char *path;
  HelioMethod methods;
  HelioAccess access;
  gsize max_body;
  HelioHandler handler;
} HelioRoute;

struct _HelioExchange
{
  HelioRooms *rooms;
  SoupServerMessage *message; /* borrowed */
  const char *path;           /* only during a call */
  GHashTable *query;          /* (nullable) only during a call */
  HelioMethod method;
  const HelioRoute *route;
  HelioRequestBody *body;
  HelioDevice *device; /* whose token it is, or NULL; only during a call */
  gboolean only_reads; /* the token reads all devices */
  int64_t now;
};

/* -- answering ---------------------------------------------------------------------------- */

/* Each gives the whole answer. */
void helio_exchange_answer_empty (HelioExchange *exchange, guint status);
void helio_exchange_answer_bytes (HelioExchange *exchange,
                                  guint status,
                                  const char *type,
                                  GBytes *bytes);

/* (transfer full) @json */
void helio_exchange_answer_json (HelioExchange *exchange, guint status, GString *json);

/* `{"status","message"}` */
void helio_exchange_answer_error (HelioExchange *exchange, guint status, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/* What the store could not do. */
void helio_exchange_answer_store_error (HelioExchange *exchange, const GError *error);

void helio_exchange_set_header (HelioExchange *exchange, const char *name, const char *value);

/* -- asking ------------------------------------------------------------------------------- */

/* A value of the query, or NULL. */
const char *helio_exchange_get_text (HelioExchange *exchange, const char *name);

/* A whole number of the query; an answer is given and FALSE returned if it is none, or if it is
 * missing and there is no default. */
gboolean helio_exchange_get_integer (HelioExchange *exchange,
                                     const char *name,
                                     const int64_t *otherwise,
                                     int64_t *value);

/* Who asks, for limits: of a connection by the proxy, the address that it forwards.
 * (transfer full) */
char *helio_exchange_get_address (HelioExchange *exchange);

/* -- the rooms behind the routes ---------------------------------------------------------- */

/* helio-api.c: one per call of the protocol */
void helio_api_base (HelioExchange *exchange);
void helio_api_events (HelioExchange *exchange);
void helio_api_status (HelioExchange *exchange);
void helio_api_buckets (HelioExchange *exchange);
void helio_api_ranges (HelioExchange *exchange);
void helio_api_keys (HelioExchange *exchange);
void helio_api_apps (HelioExchange *exchange);
void helio_api_timeline (HelioExchange *exchange);
void helio_api_devices (HelioExchange *exchange);
void helio_api_live (HelioExchange *exchange);
void helio_api_days (HelioExchange *exchange);

/* helio-pages.c: what a browser loads, and what a monitor asks */
GHashTable *helio_pages_new_files (void);
void helio_pages_file (HelioExchange *exchange);
void helio_pages_widget (HelioExchange *exchange);
void helio_pages_badge (HelioExchange *exchange);
void helio_pages_metrics (HelioExchange *exchange);
void helio_pages_health (HelioExchange *exchange);

G_END_DECLS
