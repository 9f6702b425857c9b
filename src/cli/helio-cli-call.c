/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-cli"

#include "config.h"

#include "cli/helio-cli-call.h"

#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#include "model/helio-dict.h"
#include "model/helio-text.h"

/* A terminal line longer than this would wrap and could not be rewritten. */
#define LINE 79

typedef struct
{
  HelioCli *cli;
  gboolean is_shown;
} Watch;

typedef struct
{
  GVariant *answer;
  GError *error;
  gboolean is_over;
} Call;

/* What is looked at again, and how far that is; NULL if nothing is. */
static char *
describe_work (GVariant *progress)
{
  static const char *const works[][2] = {
    /* Translators: the first %s is a bucket, the second a percentage */
    { "rules", N_ ("%s: applying the rules, %s") },
    { "verify", N_ ("%s: verifying, %s") },
  };
  g_autofree char *chosen = NULL;

  for (gsize w = 0; w < G_N_ELEMENTS (works); w++)
    for (gsize i = 0; progress != NULL && i < g_variant_n_children (progress); i++)
      {
        g_autoptr (GVariant) one = g_variant_get_child_value (progress, i);
        double part = helio_dict_get_part (one, "part");
        g_autofree char *percent = helio_text_percent ((int64_t) (part * 100), 100);

        if (strcmp (helio_dict_get_text (one, "work"), works[w][0]) != 0
            || (chosen != NULL && part <= 0))
          continue;
        g_free (chosen);
        chosen = g_strdup_printf (_ (works[w][1]), helio_dict_get_text (one, "bucket"), percent);
        if (part > 0)
          return helio_text_clean (chosen);
      }
  return chosen != NULL ? helio_text_clean (chosen) : NULL;
}

/* The bucket that moves, or the first that is not done. */
static char *
describe (GVariant *progress)
{
  char *work = describe_work (progress);

  if (work != NULL)
    return work;

  g_autoptr (GVariant) chosen = NULL;

  for (gsize i = 0; progress != NULL && i < g_variant_n_children (progress); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (progress, i);

      if (helio_dict_get_flag (one, "done") && helio_dict_get_number (one, "rate") == 0)
        continue;
      if (chosen == NULL
          || helio_dict_get_number (one, "rate") > helio_dict_get_number (chosen, "rate"))
        {
          g_clear_pointer (&chosen, g_variant_unref);
          chosen = g_variant_ref (one);
        }
    }
  if (chosen == NULL)
    return g_strdup (_ ("comparing …"));

  int64_t rows = helio_dict_get_number (chosen, "rows");
  g_autofree char *held = helio_text_count (rows);
  g_autofree char *percent = helio_text_percent (rows, helio_dict_get_number (chosen, "in-aw"));
  g_autofree char *rate = helio_text_count (helio_dict_get_number (chosen, "rate"));
  /* Translators: a bucket, a number of events, a part in a hundred, and a number for each second.
   */
  g_autofree char *text
      = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s: %s event, %s, %s/s",
                                      "%s: %s events, %s, %s/s", (gulong) MAX (0, rows)),
                         helio_dict_get_text (chosen, "bucket"), held, percent, rate);
  return helio_text_clean (text);
}

static void
on_progress_changed (HelioAgent1 *agent, GParamSpec *pspec, Watch *watch)
{
  (void) pspec;
  g_autofree char *text = describe (helio_agent1_get_progress (agent));
  g_autofree char *line = g_utf8_substring (text, 0, MIN (g_utf8_strlen (text, -1), LINE));

  g_printerr ("\r\033[K%s", line);
  watch->is_shown = TRUE;
}

static void
on_called (GObject *source, GAsyncResult *result, gpointer data)
{
  Call *call = data;

  call->answer = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, &call->error);
  call->is_over = TRUE;
}

GVariant *
helio_cli_call (HelioCli *cli, const char *method, GVariant *parameters, GError **error)
{
  Watch watch = { cli, FALSE };
  Call call = { NULL, NULL, FALSE };
  gulong handler = 0;

  if (isatty (STDERR_FILENO))
    handler = g_signal_connect (cli->agent, "notify::progress", G_CALLBACK (on_progress_changed),
                                &watch);
  g_dbus_proxy_call (G_DBUS_PROXY (cli->agent), method, parameters, G_DBUS_CALL_FLAGS_NO_AUTO_START,
                     G_MAXINT, NULL, on_called, &call);
  while (!call.is_over)
    g_main_context_iteration (NULL, TRUE);
  g_clear_signal_handler (&handler, cli->agent);
  if (watch.is_shown)
    g_printerr ("\r\033[K");

  if (call.answer == NULL)
    g_propagate_error (error, call.error);
  return call.answer;
}
