/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include <glib/gstdio.h>

#include "destination/helio-destination.h"
#include "model/helio-error.h"

#include "peer.h"

#define TOKEN "hg_0123456789012345678901234567890123456789012"
#define INFO                                                                                       \
  "{\"server\":\"test 1\",\"protocol\":1,\"max_events\":5000,\"max_bytes\":100000,"                \
  "\"encodings\":[],\"now\":1763680000000,\"device\":\"laptop\",\"store\":\"s1\",\"seq\":7}"

typedef struct
{
  char *folder;
  char *file;
  Peer *peer;
  GTlsCertificate *certificate;
  HelioDestination *destination;
} Fixture;

/* @data: the name the certificate is for */
static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *openssl = g_find_program_in_path ("openssl");
  g_autoptr (GError) error = NULL;

  if (openssl == NULL || !g_tls_backend_supports_tls (g_tls_backend_get_default ()))
    return;

  fixture->folder = g_dir_make_tmp ("heliograph-tls-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->file = g_build_filename (fixture->folder, "both.pem", NULL);
  g_autofree char *subject = g_strdup_printf ("subjectAltName=%s", (const char *) data);
  const char *command[] = { openssl,
                            "req",
                            "-x509",
                            "-newkey",
                            "ec",
                            "-pkeyopt",
                            "ec_paramgen_curve:prime256v1",
                            "-nodes",
                            "-days",
                            "2",
                            "-subj",
                            "/CN=peer of a test",
                            "-addext",
                            subject,
                            "-keyout",
                            fixture->file,
                            "-out",
                            fixture->file,
                            NULL };
  int status = -1;
  g_spawn_sync (NULL, (char **) command, NULL,
                G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL, NULL,
                &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);

  fixture->certificate = g_tls_certificate_new_from_file (fixture->file, &error);
  g_assert_no_error (error);
  fixture->peer = peer_new (fixture->certificate);
  peer_answer (fixture->peer, 200, "application/json", INFO, NULL);
  g_autofree char *url = g_strdup_printf ("https://127.0.0.1:%u", peer_get_port (fixture->peer));
  fixture->destination = helio_destination_new (url, TOKEN, FALSE, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  (void) data;
  g_clear_object (&fixture->destination);
  g_clear_pointer (&fixture->peer, peer_free);
  g_clear_object (&fixture->certificate);
  if (fixture->folder != NULL)
    {
      g_unlink (fixture->file);
      g_rmdir (fixture->folder);
    }
  g_free (fixture->file);
  g_free (fixture->folder);
}

static gboolean
is_ready (Fixture *fixture)
{
  if (fixture->peer == NULL)
    g_test_skip ("needs the openssl command and glib-networking");
  return fixture->peer != NULL;
}

static void
expect_refusal (Fixture *fixture, const char *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (helio_destination_connect (fixture->destination, NULL, &error));
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_TLS);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, words));
  g_assert_cmpuint (peer_get_said (fixture->peer)->n_requests, ==, 0);
}

/* Lets the test's own certificate be one of those that the system trusts. */
static GTlsDatabase *
trust (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  GTlsBackend *backend = g_tls_backend_get_default ();
  GTlsDatabase *before = g_tls_backend_get_default_database (backend);
  g_autoptr (GTlsDatabase) ours = g_tls_file_database_new (fixture->file, &error);

  g_assert_no_error (error);
  g_tls_backend_set_default_database (backend, ours);
  return before;
}

static void
distrust (GTlsDatabase *before)
{
  g_tls_backend_set_default_database (g_tls_backend_get_default (), before);
  g_object_unref (before);
}

static void
test_self_signed (Fixture *fixture, gconstpointer data)
{
  (void) data;
  if (is_ready (fixture))
    expect_refusal (fixture, "signed by itself");
}

static void
test_other_host (Fixture *fixture, gconstpointer data)
{
  (void) data;
  if (!is_ready (fixture))
    return;

  GTlsDatabase *before = trust (fixture);
  expect_refusal (fixture, "for another host");
  distrust (before);
}

static void
test_trusted (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) body = g_bytes_new_static ("{\"seq\":1}", 9);

  (void) data;
  if (!is_ready (fixture))
    return;

  GTlsDatabase *before = trust (fixture);
  g_autoptr (GError) error = NULL;
  g_autoptr (HelioBackendInfo) info
      = helio_destination_connect (fixture->destination, NULL, &error);
  g_assert_no_error (error);

  peer_answer (fixture->peer, 200, "application/json",
               "{\"stored\":0,\"unchanged\":0,\"deleted\":0,\"rejected\":[]}", NULL);
  for (int i = 0; i < 100; i++)
    {
      g_autoptr (HelioEventsAnswer) answer
          = helio_destination_send_events (fixture->destination, body, NULL, &error);

      g_assert_no_error (error);
    }
  g_assert_cmpuint (peer_get_said (fixture->peer)->n_connections, ==, 1);
  g_assert_finalize_object (g_steal_pointer (&fixture->destination));
  distrust (before);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add ("/destination/tls/refuses-a-self-signed-certificate", Fixture, "IP:127.0.0.1", set_up,
              test_self_signed, tear_down);
  g_test_add ("/destination/tls/refuses-a-certificate-for-another-host", Fixture, "DNS:example.org",
              set_up, test_other_host, tear_down);
  g_test_add ("/destination/tls/speaks-to-a-trusted-backend", Fixture, "IP:127.0.0.1", set_up,
              test_trusted, tear_down);
  return g_test_run ();
}
