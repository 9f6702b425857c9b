/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What a device asks of the receiver. What is read and written anew reads the same. */

#include "fuzz/fuzz.h"
#include "json/helio-json.h"
#include "model/helio-error.h"
#include "model/helio-event.h"
#include "protocol/helio-protocol-request.h"
#include "protocol/helio-protocol-write.h"

#define MAX_EVENTS 64

static void
check_upsert (const HelioWireUpsert *upsert, const char *text, gsize length)
{
  const char *value;
  gsize value_length;
  HelioJson json;

  if (upsert->rejection != NULL)
    return;
  g_assert_cmpint (ABS (upsert->start), <=, HELIO_TIME_MAX);
  g_assert_cmpint (upsert->duration, >=, 0);
  g_assert_cmpuint (upsert->n, <=, HELIO_MAX_N);
  g_assert_true (upsert->data >= text && upsert->data + upsert->data_len <= text + length);
  helio_json_init (&json, upsert->data, upsert->data_len);
  g_assert_true (helio_json_peek (&json) == HELIO_JSON_OBJECT);
  g_assert_true (helio_json_take_value (&json, &value, &value_length)
                 && value_length == upsert->data_len);
}

static GBytes *
write_anew (const HelioEventsRequest *request)
{
  g_autoptr (HelioBucket) bucket
      = helio_bucket_new (request->bucket_id, request->bucket_type, request->bucket_client,
                          request->bucket_hostname, NULL);
  g_autoptr (HelioEventsBody) body = helio_events_body_new (bucket);

  for (guint i = 0; i < request->deletes->len; i++)
    {
      const HelioWireDelete *each = &g_array_index (request->deletes, HelioWireDelete, i);

      helio_events_body_add_delete (body, each->start, each->n);
    }
  for (guint i = 0; i < request->upserts->len; i++)
    {
      const HelioWireUpsert *each = &g_array_index (request->upserts, HelioWireUpsert, i);

      if (each->rejection == NULL)
        helio_events_body_add_upsert (body, each->start, each->n, each->duration, each->check,
                                      each->data, each->data_len);
    }
  return helio_events_body_build (body, request->seq, 0, helio_events_body_get_n_deletes (body), 0,
                                  helio_events_body_get_n_upserts (body));
}

static void
check_events (const char *text, gsize length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HelioEventsRequest) request
      = helio_events_request_parse (text, length, MAX_EVENTS, &error);
  g_autoptr (HelioEventsRequest) again = NULL;
  g_autoptr (GBytes) bytes = NULL;
  guint next = 0;

  if (request == NULL)
    {
      g_assert_true (g_error_matches (error, HELIO_ERROR, HELIO_ERROR_REFUSED)
                     || g_error_matches (error, HELIO_ERROR, HELIO_ERROR_TOO_LARGE));
      return;
    }
  g_assert_cmpuint (request->deletes->len + request->upserts->len, <=, MAX_EVENTS);
  for (guint i = 0; i < request->upserts->len; i++)
    check_upsert (&g_array_index (request->upserts, HelioWireUpsert, i), text, length);

  bytes = write_anew (request);
  again = helio_events_request_parse (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                                      MAX_EVENTS, &error);
  g_assert_no_error (error);
  g_assert_cmpint (again->seq, ==, request->seq);
  g_assert_cmpstr (again->bucket_id, ==, request->bucket_id);
  g_assert_cmpstr (again->bucket_type, ==, request->bucket_type);
  g_assert_cmpstr (again->bucket_client, ==, request->bucket_client);
  g_assert_cmpstr (again->bucket_hostname, ==, request->bucket_hostname);
  g_assert_cmpuint (again->deletes->len, ==, request->deletes->len);
  for (guint i = 0; i < request->upserts->len; i++)
    {
      const HelioWireUpsert *one = &g_array_index (request->upserts, HelioWireUpsert, i);
      const HelioWireUpsert *two;

      if (one->rejection != NULL)
        continue;
      g_assert_cmpuint (next, <, again->upserts->len);
      two = &g_array_index (again->upserts, HelioWireUpsert, next++);
      g_assert_null (two->rejection);
      g_assert_cmpint (one->start, ==, two->start);
      g_assert_cmpint (one->duration, ==, two->duration);
      g_assert_cmpuint (one->n, ==, two->n);
      g_assert_cmpuint (one->check, ==, two->check);
      g_assert_cmpmem (one->data, one->data_len, two->data, two->data_len);
    }
  g_assert_cmpuint (next, ==, again->upserts->len);
}

static void
check_status (const char *text, gsize length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HelioStatusRequest) status = helio_status_request_parse (text, length, &error);
  g_autoptr (HelioStatusRequest) again = NULL;
  g_autofree char *written = NULL;

  if (status == NULL)
    {
      g_assert_error (error, HELIO_ERROR, HELIO_ERROR_REFUSED);
      return;
    }
  written = helio_status_encode (status->presence, status->now, status->ttl);
  again = helio_status_request_parse (written, strlen (written), &error);
  g_assert_no_error (error);
  g_assert_cmpint (again->now, ==, status->now);
  g_assert_cmpint (again->ttl, ==, status->ttl);
  g_assert_true (helio_presence_equal (again->presence, status->presence));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  check_events ((const char *) data, size);
  check_status ((const char *) data, size);
  return 0;
}
