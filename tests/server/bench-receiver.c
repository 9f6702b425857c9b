/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* How fast the receiver is, and how small: `name: value`, one per line. The ingest is measured
 * beside a plain prepared SQLite upsert of the same rows, because only their ratio means
 * something on another machine.
 *
 * bench-receiver SERVER [EVENTS] */

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "model/helio-event.h"
#include "model/helio-time.h"
#include "protocol/helio-protocol-write.h"

#define BATCH 5000
#define BASE "/api/heliograph/v1"

static char *server_path;
static char *folder;
static char *token;
static GSubprocess *server;
static int port;

/* -- the server --------------------------------------------------------------------------- */

static char *
command (const char *first, ...)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  char *out = NULL;
  va_list rest;

  g_ptr_array_add (words, server_path);
  g_ptr_array_add (words, (char *) "--data");
  g_ptr_array_add (words, folder);
  va_start (rest, first);
  for (const char *word = first; word != NULL; word = va_arg (rest, const char *))
    g_ptr_array_add (words, (char *) word);
  va_end (rest);
  g_ptr_array_add (words, NULL);
  process = g_subprocess_newv ((const char *const *) words->pdata, G_SUBPROCESS_FLAGS_STDOUT_PIPE,
                               &error);
  if (process == NULL || !g_subprocess_communicate_utf8 (process, NULL, NULL, &out, NULL, &error)
      || !g_subprocess_get_successful (process))
    g_error ("A command of the server failed");
  return g_strstrip (out);
}

static void
die_with_parent (gpointer user_data)
{
  (void) user_data;
  prctl (PR_SET_PDEATHSIG, SIGTERM);
}

static void
start_server (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDataInputStream) lines = NULL;
  g_autofree char *line = NULL;

  g_autoptr (GSubprocessLauncher) launcher
      = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);

  /* A failed run leaves no server behind. */
  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
  server = g_subprocess_launcher_spawn (launcher, &error, server_path, "--data", folder, "--listen",
                                        "127.0.0.1:0", NULL);
  g_assert_no_error (error);
  lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (server));
  g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (lines), FALSE);
  line = g_data_input_stream_read_line (lines, NULL, NULL, &error);
  g_assert_no_error (error);
  port = atoi (strrchr (line, ':') + 1);
}

/* A figure of /proc/PID/status in MiB. */
static double
memory (const char *name)
{
  g_autofree char *path = g_strdup_printf ("/proc/%s/status", g_subprocess_get_identifier (server));
  g_autofree char *text = NULL;
  const char *at;

  g_file_get_contents (path, &text, NULL, NULL);
  at = text != NULL ? strstr (text, name) : NULL;
  return at != NULL ? (double) atol (at + strlen (name) + 1) / 1024 : 0;
}

static double
cpu_seconds (void)
{
  g_autofree char *path = g_strdup_printf ("/proc/%s/stat", g_subprocess_get_identifier (server));
  g_autofree char *text = NULL;
  long user = 0, kernel = 0;

  g_file_get_contents (path, &text, NULL, NULL);
  sscanf (strrchr (text, ')') + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %ld %ld", &user,
          &kernel);
  return (double) (user + kernel) / (double) sysconf (_SC_CLK_TCK);
}

/* -- a client ----------------------------------------------------------------------------- */

static int
dial (void)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons ((uint16_t) port) };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int on = 1;

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  if (fd < 0 || connect (fd, (struct sockaddr *) &address, sizeof address) != 0)
    g_error ("connect: %s", g_strerror (errno));
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

static void
send_all (int fd, const void *bytes, gsize length)
{
  const char *at = bytes;

  while (length > 0)
    {
      ssize_t sent = send (fd, at, length, MSG_NOSIGNAL);

      if (sent <= 0)
        g_error ("send: %s", g_strerror (errno));
      at += sent;
      length -= (gsize) sent;
    }
}

/* Reads one answer and checks its status. */
static void
expect (int fd, int status)
{
  char text[65536];
  gsize length = 0;

  for (;;)
    {
      ssize_t got = recv (fd, text + length, sizeof text - 1 - length, 0);
      const char *body, *header;

      if (got <= 0)
        g_error ("The server hung up");
      length += (gsize) got;
      text[length] = '\0';
      body = strstr (text, "\r\n\r\n");
      if (body == NULL)
        continue;
      if (atoi (text + 9) != status)
        g_error ("Not %d: %s", status, text);
      header = strstr (text, "Content-Length: ");
      if (header == NULL || length >= (gsize) (body + 4 - text) + (gsize) atol (header + 16))
        return;
    }
}

static double
seconds_since (int64_t start)
{
  return (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;
}

/* -- ingest ------------------------------------------------------------------------------- */

/* Window events of 81 bytes of data, newest first. */
static gsize
make_data (guint index, char data[128])
{
  return (gsize) g_snprintf (data, 128,
                             "{\"app\":\"firefox\",\"title\":\"A page about the number %09u "
                             "in all detail, part %u\"}",
                             index * 7919 % 1000000007, index % 10);
}

static int64_t
make_start (guint index)
{
  return G_GINT64_CONSTANT (1763680000000) - (int64_t) index * 7000;
}

static double
ingest_plainly (guint n_events)
{
  g_autofree char *path = g_build_filename (folder, "plain.sqlite", NULL);
  sqlite3 *db;
  sqlite3_stmt *stmt;
  int64_t spent = 0;

  sqlite3_open (path, &db);
  sqlite3_exec (
      db,
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
      "CREATE TABLE event (bucket INTEGER, start INTEGER, n INTEGER, duration INTEGER,"
      "  \"check\" INTEGER, data TEXT, PRIMARY KEY (bucket, start DESC, n)) WITHOUT ROWID;",
      NULL, NULL, NULL);
  sqlite3_prepare_v2 (db,
                      "INSERT INTO event VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
                      " ON CONFLICT (bucket, start, n) DO UPDATE SET duration = excluded.duration,"
                      " \"check\" = excluded.\"check\", data = excluded.data"
                      " WHERE duration <> excluded.duration OR \"check\" <> excluded.\"check\""
                      " OR data <> excluded.data;",
                      -1, &stmt, NULL);
  for (guint first = 0; first < n_events; first += BATCH)
    {
      static struct
      {
        char data[128];
        gsize length;
        uint32_t check;
      } rows[BATCH];
      guint count = MIN (BATCH, n_events - first);
      int64_t start;

      for (guint i = 0; i < count; i++)
        {
          rows[i].length = make_data (first + i, rows[i].data);
          rows[i].check = helio_event_check (make_start (first + i), 5000 + (first + i) % 1000,
                                             rows[i].data, rows[i].length);
        }
      start = g_get_monotonic_time ();
      sqlite3_exec (db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
      for (guint i = 0; i < count; i++)
        {
          sqlite3_bind_int64 (stmt, 1, 1);
          sqlite3_bind_int64 (stmt, 2, make_start (first + i));
          sqlite3_bind_int64 (stmt, 3, 0);
          sqlite3_bind_int64 (stmt, 4, 5000 + (first + i) % 1000);
          sqlite3_bind_int64 (stmt, 5, rows[i].check);
          sqlite3_bind_text (stmt, 6, rows[i].data, (int) rows[i].length, SQLITE_STATIC);
          if (sqlite3_step (stmt) != SQLITE_DONE)
            g_error ("%s", sqlite3_errmsg (db));
          sqlite3_reset (stmt);
        }
      sqlite3_exec (db, "COMMIT", NULL, NULL, NULL);
      spent += g_get_monotonic_time () - start;
    }
  sqlite3_finalize (stmt);
  sqlite3_close (db);
  g_unlink (path);
  return (double) spent / G_USEC_PER_SEC;
}

static double
ingest (guint n_events, int64_t *seq)
{
  g_autoptr (HelioBucket) bucket = helio_bucket_new ("aw-watcher-window_laptop", "currentwindow",
                                                     "aw-watcher-window", "laptop", NULL);
  int fd = dial ();
  int64_t spent = 0;

  for (guint first = 0; first < n_events; first += BATCH)
    {
      g_autoptr (HelioEventsBody) body = helio_events_body_new (bucket);
      g_autoptr (GBytes) bytes = NULL;
      g_autofree char *head = NULL;
      guint count = MIN (BATCH, n_events - first);
      int64_t start;

      for (guint i = first; i < first + count; i++)
        {
          char data[128];
          gsize length = make_data (i, data);

          helio_events_body_add_upsert (
              body, make_start (i), 0, 5000 + i % 1000,
              helio_event_check (make_start (i), 5000 + i % 1000, data, length), data, length);
        }
      bytes = helio_events_body_build (body, ++*seq, 0, 0, 0, count);
      head = g_strdup_printf ("POST " BASE "/events HTTP/1.1\r\nHost: localhost\r\n"
                              "Authorization: Bearer %s\r\nContent-Type: application/json\r\n"
                              "Content-Length: %zu\r\n\r\n",
                              token, g_bytes_get_size (bytes));
      start = g_get_monotonic_time ();
      send_all (fd, head, strlen (head));
      send_all (fd, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      expect (fd, 200);
      spent += g_get_monotonic_time () - start;
    }
  close (fd);
  return (double) spent / G_USEC_PER_SEC;
}

static void
bench_ingest (guint n_events)
{
  g_autofree char *path = g_build_filename (folder, "receiver.sqlite", NULL);
  double plain = ingest_plainly (n_events);
  double cpu = cpu_seconds ();
  int64_t seq = 0;
  double ours = ingest (n_events, &seq);
  GStatBuf info;

  cpu = cpu_seconds () - cpu;
  printf ("plain-upserts-per-second: %.0f\n", n_events / plain);
  printf ("ingest-events-per-second: %.0f\n", n_events / ours);
  printf ("ingest-ratio-to-plain: %.2f\n", plain / ours);
  printf ("ingest-cpu-seconds: %.2f\n", cpu);
  ours = ingest (n_events, &seq);
  printf ("ingest-unchanged-events-per-second: %.0f\n", n_events / ours);
  g_stat (path, &info);
  printf ("bytes-per-event: %.1f\n", (double) info.st_size / n_events);
  printf ("rss-after-ingest-mib: %.1f\n", memory ("VmRSS:"));
}

/* -- reads -------------------------------------------------------------------------------- */

/* Takes what has come; TRUE when the answer is whole. */
static gboolean
has_answer (int fd, GString *text)
{
  char piece[65536];
  ssize_t got = recv (fd, piece, sizeof piece, MSG_DONTWAIT);
  const char *body, *header;

  if (got == 0 || (got < 0 && errno != EAGAIN))
    g_error ("The server hung up");
  if (got > 0)
    g_string_append_len (text, piece, got);
  body = strstr (text->str, "\r\n\r\n");
  header = strstr (text->str, "Content-Length: ");
  return body != NULL && header != NULL
         && text->len >= (gsize) (body + 4 - text->str) + (gsize) atol (header + 16);
}

/* The longest that somebody else waits while one reads from the bucket with a million events. */
static double
longest_block (const char *path)
{
  static const char probe[] = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
  g_autofree char *request = g_strdup_printf ("GET " BASE "%s HTTP/1.1\r\nHost: localhost\r\n"
                                              "Authorization: Bearer %s\r\n\r\n",
                                              path, token);
  int reader = dial (), other = dial ();
  double longest = 0;

  for (int round = 0; round < 3; round++)
    {
      g_autoptr (GString) text = g_string_new (NULL);

      send_all (reader, request, strlen (request));
      do
        {
          int64_t start = g_get_monotonic_time ();

          send_all (other, probe, sizeof probe - 1);
          expect (other, 200);
          longest = MAX (longest, seconds_since (start) * 1000);
        }
      while (!has_answer (reader, text));
      if (atoi (text->str + 9) != 200)
        g_error ("Not 200: %s", text->str);
    }
  close (reader);
  close (other);
  return longest;
}

static void
bench_reads (void)
{
#define BUCKET "?bucket=aw-watcher-window_laptop"
  printf ("longest-block-while-buckets-ms: %.1f\n", longest_block ("/buckets"));
  printf ("longest-block-while-ranges-ms: %.1f\n", longest_block ("/ranges" BUCKET));
  printf ("longest-block-while-ranges-by-day-ms: %.1f\n",
          longest_block ("/ranges" BUCKET "&from=0&step=86400000"));
  printf ("longest-block-while-keys-ms: %.1f\n", longest_block ("/keys" BUCKET "&limit=50000"));
  printf ("longest-block-while-events-ms: %.1f\n", longest_block ("/events" BUCKET "&limit=10000"));
  printf ("rss-after-reads-mib: %.1f\n", memory ("VmRSS:"));
#undef BUCKET
}

/* -- requests per second ------------------------------------------------------------------ */

typedef struct
{
  const char *request;
  int status;
  int n;
} Load;

/* Keeps several requests on their way over as many connections. */
static double
run_load (const Load *load)
{
  enum
  {
    CONNECTIONS = 16
  };
  struct
  {
    int fd;
    gsize got;
    char text[4096];
  } clients[CONNECTIONS];
  int epoll = epoll_create1 (EPOLL_CLOEXEC);
  gsize length = strlen (load->request);
  int64_t start = g_get_monotonic_time ();
  int sent = 0, done = 0;

  for (int i = 0; i < CONNECTIONS; i++, sent++)
    {
      struct epoll_event event = { .events = EPOLLIN, .data.u32 = (uint32_t) i };

      clients[i].fd = dial ();
      clients[i].got = 0;
      epoll_ctl (epoll, EPOLL_CTL_ADD, clients[i].fd, &event);
      send_all (clients[i].fd, load->request, length);
    }
  while (done < load->n)
    {
      struct epoll_event events[CONNECTIONS];
      int count = epoll_wait (epoll, events, CONNECTIONS, -1);

      for (int e = 0; e < count; e++)
        {
          uint32_t i = events[e].data.u32;
          ssize_t got = recv (clients[i].fd, clients[i].text + clients[i].got,
                              sizeof clients[i].text - 1 - clients[i].got, 0);
          const char *end, *header;

          if (got <= 0)
            g_error ("The server hung up");
          clients[i].got += (gsize) got;
          clients[i].text[clients[i].got] = '\0';
          end = strstr (clients[i].text, "\r\n\r\n");
          if (end == NULL)
            continue;
          header = strstr (clients[i].text, "Content-Length: ");
          if (header != NULL
              && clients[i].got < (gsize) (end + 4 - clients[i].text) + (gsize) atol (header + 16))
            continue;
          if (atoi (clients[i].text + 9) != load->status)
            g_error ("Not %d: %s", load->status, clients[i].text);
          clients[i].got = 0;
          done++;
          if (sent < load->n)
            {
              send_all (clients[i].fd, load->request, length);
              sent++;
            }
        }
    }
  for (int i = 0; i < CONNECTIONS; i++)
    close (clients[i].fd);
  close (epoll);
  return load->n / seconds_since (start);
}

static char *
make_status (int round)
{
  g_autoptr (HelioPresence) presence = helio_presence_new (HELIO_STATE_ACTIVE, helio_time_now ());
  g_autofree char *body = NULL;

  presence->app = g_strdup ("firefox");
  presence->title = g_strdup_printf ("A page with a title of common length, %d", round);
  presence->activity_since = presence->since;
  body = helio_status_encode (presence, helio_time_now (), 90);
  return g_strdup_printf ("PUT " BASE "/status HTTP/1.1\r\nHost: localhost\r\n"
                          "Authorization: Bearer %s\r\nContent-Type: application/json\r\n"
                          "Content-Length: %zu\r\n\r\n%s",
                          token, strlen (body), body);
}

static void
bench_requests (void)
{
  g_autofree char *status = make_status (0);
  Load statuses = { status, 204, 40000 };
  Load devices = { "GET " BASE "/devices HTTP/1.1\r\nHost: localhost\r\n\r\n", 200, 80000 };

  printf ("status-per-second: %.0f\n", run_load (&statuses));
  printf ("devices-per-second: %.0f\n", run_load (&devices));
}

/* -- viewers ------------------------------------------------------------------------------ */

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double one = *(const double *) a;
  double two = *(const double *) b;

  return one < two ? -1 : one > two;
}

/* Reads from all viewers until each has heard @word, or only waits for their first words. */
static void
hear (int epoll, int n_viewers, const char *word, int64_t start, GArray *latencies)
{
  int heard = 0;

  while (heard < n_viewers)
    {
      struct epoll_event events[512];
      int count = epoll_wait (epoll, events, 512, 10000);

      if (count <= 0)
        g_error ("Only %d of %d viewers heard in time", heard, n_viewers);
      for (int i = 0; i < count; i++)
        {
          char text[4096];
          ssize_t got = recv (events[i].data.fd, text, sizeof text - 1, 0);

          if (got <= 0)
            g_error ("A viewer was dropped");
          text[got] = '\0';
          if (strstr (text, word) == NULL)
            continue;
          heard++;
          if (latencies != NULL)
            g_array_append_vals (latencies, &(double){ seconds_since (start) * 1000 }, 1);
        }
    }
}

static void
bench_viewers (int n_viewers)
{
  static const char request[] = "GET " BASE "/live HTTP/1.1\r\nHost: localhost\r\n\r\n";
  g_autofree int *fds = g_new (int, n_viewers);
  g_autoptr (GArray) latencies = g_array_new (FALSE, FALSE, sizeof (double));
  int epoll = epoll_create1 (EPOLL_CLOEXEC);
  int reporter = dial ();
  int64_t start = g_get_monotonic_time ();

  for (int i = 0; i < n_viewers; i++)
    {
      struct epoll_event event = { .events = EPOLLIN };

      fds[i] = event.data.fd = dial ();
      epoll_ctl (epoll, EPOLL_CTL_ADD, fds[i], &event);
      send_all (fds[i], request, strlen (request));
    }
  hear (epoll, n_viewers, "data: ", start, NULL);
  printf ("viewers-%d-all-connected-seconds: %.2f\n", n_viewers, seconds_since (start));

  for (int round = 0; round < 20; round++)
    {
      static int title;
      g_autofree char *status = make_status (++title);
      g_autofree char *word = g_strdup_printf ("length, %d\"", title);

      /* Nobody hears anything meanwhile: the rate of reports is part of what is measured. */
      epoll_wait (epoll, &(struct epoll_event){ 0 }, 1, 150);
      start = g_get_monotonic_time ();
      send_all (reporter, status, strlen (status));
      expect (reporter, 204);
      hear (epoll, n_viewers, word, start, latencies);
    }
  g_array_sort (latencies, compare_doubles);
  printf ("viewers-%d-p50-ms: %.1f\n", n_viewers,
          g_array_index (latencies, double, latencies->len / 2));
  printf ("viewers-%d-p99-ms: %.1f\n", n_viewers,
          g_array_index (latencies, double, latencies->len * 99 / 100));
  printf ("viewers-%d-rss-mib: %.1f\n", n_viewers, memory ("VmRSS:"));
  for (int i = 0; i < n_viewers; i++)
    close (fds[i]);
  close (reporter);
  close (epoll);
}

int
main (int argc, char *argv[])
{
  struct rlimit limit;
  guint n_events = argc > 2 ? (guint) atoi (argv[2]) : 1000000;
  g_autofree char *remove = NULL;

  if (argc < 2)
    g_error ("bench-receiver SERVER [EVENTS]");
  setvbuf (stdout, NULL, _IOLBF, 0);
  getrlimit (RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
  server_path = argv[1];
  folder = g_dir_make_tmp ("heliograph-bench-XXXXXX", NULL);
  token = command ("token", "add", "laptop", NULL);
  g_free (command ("device", "set", "laptop", "--public", "activity", NULL));
  start_server ();
  printf ("rss-at-start-mib: %.1f\n", memory ("VmRSS:"));
  bench_ingest (n_events);
  bench_reads ();
  bench_requests ();
  bench_viewers (500);
  if (limit.rlim_cur > 5200)
    bench_viewers (5000);
  printf ("rss-at-end-mib: %.1f\n", memory ("VmRSS:"));
  printf ("rss-peak-mib: %.1f\n", memory ("VmHWM:"));

  g_subprocess_send_signal (server, SIGTERM);
  g_subprocess_wait (server, NULL, NULL);
  remove = g_strdup_printf ("rm -r '%s'", folder);
  return system (remove) == 0 ? 0 : 1;
}
