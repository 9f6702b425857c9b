/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-server"

#include "server/helio-reading.h"

#include <errno.h>
#include <sys/socket.h>

/* Most at a time; each may hold an answer of some megabytes. */
#define MAX_READINGS 16

HelioReading *
helio_reading_new (HelioReadFunc func, int64_t device, const char *bucket)
{
  HelioReading *reading = g_new0 (HelioReading, 1);

  reading->func = func;
  reading->mode = HELIO_STORE_READ;
  reading->device = device;
  reading->bucket = g_strdup (bucket);
  return reading;
}

void
helio_reading_free (HelioReading *reading)
{
  g_free (reading->bucket);
  g_free (reading->cursor);
  g_free (reading->timezone);
  g_free (reading->dir);
  g_clear_object (&reading->cancellable);
  g_free (reading);
}

static void
free_json (gpointer json)
{
  g_string_free (json, TRUE);
}

static void
read_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const HelioReading *reading = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (HelioStore) store = helio_store_open (reading->dir, reading->mode, &error);
  GString *json = g_string_new (NULL);

  (void) source;
  (void) cancellable;
  if (store != NULL)
    helio_store_set_cancellable (store, reading->cancellable);
  if (store != NULL && reading->func (store, reading, json, &error))
    {
      g_task_return_pointer (task, json, free_json);
      return;
    }
  g_string_free (json, TRUE);
  g_task_return_error (task, g_steal_pointer (&error));
}

static void
stop_watching (HelioReading *reading)
{
  if (reading->leave == NULL)
    return;
  g_source_destroy (reading->leave);
  g_clear_pointer (&reading->leave, g_source_unref);
}

/* Nobody waits for the answer any more, and others wait for the room. */
static gboolean
on_client_stirs (GSocket *socket, GIOCondition condition, gpointer data)
{
  HelioReading *reading = data;
  char byte;
  ssize_t got = recv (g_socket_get_fd (socket), &byte, 1, MSG_PEEK | MSG_DONTWAIT);

  (void) condition;
  if (got < 0 && (errno == EAGAIN || errno == EINTR))
    return G_SOURCE_CONTINUE;
  /* Who sends the next request already is there. */
  if (got <= 0)
    g_cancellable_cancel (reading->cancellable);
  stop_watching (reading);
  return G_SOURCE_REMOVE;
}

static void
watch_client (HelioReading *reading, HelioConnection *connection)
{
  reading->leave = g_socket_create_source (connection->socket, G_IO_IN, NULL);
  g_source_set_callback (reading->leave, G_SOURCE_FUNC (on_client_stirs), reading, NULL);
  g_source_attach (reading->leave, NULL);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  HelioExchange *exchange = user_data;
  HelioReading *reading = g_task_get_task_data (G_TASK (result));
  g_autoptr (SoupServerMessage) message = exchange->message; /* the exchange lives as long */
  HelioConnection *connection = helio_listener_find (message);
  g_autoptr (GError) error = NULL;
  GString *json = g_task_propagate_pointer (G_TASK (result), &error);

  (void) source;
  stop_watching (reading);
  exchange->rooms->n_readings--;
  if (json == NULL && g_cancellable_is_cancelled (reading->cancellable))
    helio_exchange_answer_empty (exchange, SOUP_STATUS_REQUEST_TIMEOUT);
  else if (json != NULL)
    helio_exchange_answer_json (exchange, SOUP_STATUS_OK, json);
  else
    helio_exchange_answer_store_error (exchange, error);
  if (connection != NULL)
    helio_connection_begin_answer (connection);
  soup_server_message_unpause (message);
}

void
helio_reading_start (HelioReading *reading, HelioExchange *exchange)
{
  HelioConnection *connection = helio_listener_find (exchange->message);
  g_autoptr (GTask) task = NULL;

  if (exchange->rooms->n_readings >= MAX_READINGS)
    {
      helio_reading_free (reading);
      helio_exchange_set_header (exchange, "Retry-After", "1");
      helio_exchange_answer_error (exchange, SOUP_STATUS_SERVICE_UNAVAILABLE,
                                   "Too many read already; try again later");
      return;
    }
  exchange->rooms->n_readings++;
  reading->dir = helio_store_get_dir (exchange->rooms->store);
  reading->cancellable = g_cancellable_new ();
  if (connection != NULL)
    watch_client (reading, connection);
  g_object_ref (exchange->message);
  soup_server_message_pause (exchange->message);
  task = g_task_new (NULL, NULL, on_read, exchange);
  g_task_set_task_data (task, reading, (GDestroyNotify) helio_reading_free);
  g_task_run_in_thread (task, read_in_thread);
}
