/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-server"

#include "server/helio-viewers.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_QUEUE (64 * 1024)

/* Of a viewer who never reads, the system too keeps no more than this. */
#define KERNEL_QUEUE (64 * 1024)

#define COMMENT_SECONDS 25
#define COMMENT ": here\n\n"

/* For one address; this machine is not counted, because a reverse proxy runs here. */
#define MAX_PER_ADDRESS 64

typedef struct
{
  GIOStream *stream;
  int fd;
  char *address;
  GByteArray *queue; /* what did not fit, or NULL */
  GList link;
} Viewer;

struct _HelioViewers
{
  int epoll;
  guint source_id;
  guint comment_id;
  guint max;
  GQueue viewers;
  GHashTable *per_address;
  uint64_t dropped;
};

static void
viewer_drop (HelioViewers *viewers, Viewer *viewer)
{
  guint count = GPOINTER_TO_UINT (g_hash_table_lookup (viewers->per_address, viewer->address));

  if (count > 1)
    g_hash_table_insert (viewers->per_address, g_strdup (viewer->address),
                         GUINT_TO_POINTER (count - 1));
  else
    g_hash_table_remove (viewers->per_address, viewer->address);
  epoll_ctl (viewers->epoll, EPOLL_CTL_DEL, viewer->fd, NULL);
  g_queue_unlink (&viewers->viewers, &viewer->link);
  g_io_stream_close (viewer->stream, NULL, NULL);
  g_object_unref (viewer->stream);
  g_clear_pointer (&viewer->queue, g_byte_array_unref);
  g_free (viewer->address);
  g_free (viewer);
  if (viewers->viewers.length == 0)
    g_clear_handle_id (&viewers->comment_id, g_source_remove);
}

static gboolean
viewer_watch (HelioViewers *viewers, Viewer *viewer, int operation)
{
  struct epoll_event event = {
    .events = EPOLLIN | EPOLLRDHUP | (viewer->queue != NULL ? EPOLLOUT : 0),
    .data.ptr = viewer,
  };

  return epoll_ctl (viewers->epoll, operation, viewer->fd, &event) == 0;
}

/* Sends as much as the socket takes; -1 if it is dead. */
static gssize
send_some (Viewer *viewer, const void *bytes, gsize length)
{
  ssize_t sent;

  do
    sent = send (viewer->fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
    return 0;
  return sent;
}

/* FALSE if the viewer is lost: dead, or too far behind. */
static gboolean
viewer_say (HelioViewers *viewers, Viewer *viewer, const char *text, gsize length)
{
  gssize sent = 0;

  if (viewer->queue == NULL)
    {
      sent = send_some (viewer, text, length);
      if (sent < 0)
        return FALSE;
      if ((gsize) sent == length)
        return TRUE;
      viewer->queue = g_byte_array_new ();
      if (!viewer_watch (viewers, viewer, EPOLL_CTL_MOD))
        return FALSE;
    }
  if (viewer->queue->len + length - (gsize) sent > MAX_QUEUE)
    {
      viewers->dropped++;
      return FALSE;
    }
  g_byte_array_append (viewer->queue, (const guint8 *) text + sent,
                       (guint) (length - (gsize) sent));
  return TRUE;
}

static gboolean
viewer_flush (HelioViewers *viewers, Viewer *viewer)
{
  gssize sent = send_some (viewer, viewer->queue->data, viewer->queue->len);

  if (sent < 0)
    return FALSE;
  if ((guint) sent < viewer->queue->len)
    {
      g_byte_array_remove_range (viewer->queue, 0, (guint) sent);
      return TRUE;
    }
  g_clear_pointer (&viewer->queue, g_byte_array_unref);
  return viewer_watch (viewers, viewer, EPOLL_CTL_MOD);
}

/* A viewer has nothing to say: what he sends is read away, and its end is his. */
static gboolean
viewer_hear (Viewer *viewer)
{
  char away[4096];
  ssize_t got = recv (viewer->fd, away, sizeof away, MSG_DONTWAIT);

  return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
}

static gboolean
on_viewers_ready (int fd, GIOCondition condition, gpointer data)
{
  HelioViewers *viewers = data;
  struct epoll_event events[256];
  int count = epoll_wait (fd, events, G_N_ELEMENTS (events), 0);

  (void) condition;
  for (int i = 0; i < count; i++)
    {
      Viewer *viewer = events[i].data.ptr;
      gboolean is_there = !(events[i].events & (EPOLLERR | EPOLLHUP | EPOLLRDHUP));

      if (is_there && (events[i].events & EPOLLIN))
        is_there = viewer_hear (viewer);
      if (is_there && (events[i].events & EPOLLOUT) && viewer->queue != NULL)
        is_there = viewer_flush (viewers, viewer);
      if (!is_there)
        viewer_drop (viewers, viewer);
    }
  return G_SOURCE_CONTINUE;
}

static gboolean
on_comment (gpointer data)
{
  helio_viewers_broadcast (data, COMMENT, strlen (COMMENT));
  return G_SOURCE_CONTINUE;
}

HelioViewers *
helio_viewers_new (guint max)
{
  HelioViewers *viewers = g_new0 (HelioViewers, 1);

  viewers->epoll = epoll_create1 (EPOLL_CLOEXEC);
  g_assert (viewers->epoll >= 0);
  viewers->source_id = g_unix_fd_add (viewers->epoll, G_IO_IN, on_viewers_ready, viewers);
  viewers->max = max;
  viewers->per_address = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return viewers;
}

void
helio_viewers_free (HelioViewers *viewers)
{
  while (viewers->viewers.head != NULL)
    viewer_drop (viewers, viewers->viewers.head->data);
  g_source_remove (viewers->source_id);
  close (viewers->epoll);
  g_hash_table_unref (viewers->per_address);
  g_free (viewers);
}

gboolean
helio_viewers_has_room (HelioViewers *viewers, const char *address)
{
  guint count = GPOINTER_TO_UINT (g_hash_table_lookup (viewers->per_address, address));

  return viewers->viewers.length < viewers->max && (address[0] == '\0' || count < MAX_PER_ADDRESS);
}

void
helio_viewers_add (HelioViewers *viewers,
                   GIOStream *stream,
                   HelioConnection *connection,
                   const char *address,
                   const char *head,
                   gsize length)
{
  guint count = GPOINTER_TO_UINT (g_hash_table_lookup (viewers->per_address, address));
  Viewer *viewer = g_new0 (Viewer, 1);

  g_socket_set_timeout (connection->socket, 0);
  g_socket_set_option (connection->socket, SOL_SOCKET, SO_SNDBUF, KERNEL_QUEUE, NULL);
  helio_connection_set_deadline (connection, 0);
  viewer->stream = g_object_ref (stream);
  viewer->fd = g_socket_get_fd (connection->socket);
  viewer->address = g_strdup (address);
  viewer->link.data = viewer;
  g_queue_push_tail_link (&viewers->viewers, &viewer->link);
  g_hash_table_insert (viewers->per_address, g_strdup (address), GUINT_TO_POINTER (count + 1));
  if (viewers->comment_id == 0)
    viewers->comment_id
        = g_timeout_add (helio_seconds_to_ms (COMMENT_SECONDS), on_comment, viewers);
  if (!viewer_watch (viewers, viewer, EPOLL_CTL_ADD) || !viewer_say (viewers, viewer, head, length))
    viewer_drop (viewers, viewer);
}

void
helio_viewers_broadcast (HelioViewers *viewers, const char *text, gsize length)
{
  for (GList *link = viewers->viewers.head, *next; link != NULL; link = next)
    {
      Viewer *viewer = link->data;

      next = link->next;
      if (!viewer_say (viewers, viewer, text, length))
        viewer_drop (viewers, viewer);
    }
}

guint
helio_viewers_get_count (HelioViewers *viewers)
{
  return viewers->viewers.length;
}

uint64_t
helio_viewers_get_dropped (HelioViewers *viewers)
{
  return viewers->dropped;
}
