/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "aw-words.h"

#include <string.h>

static const char *const projects[]
    = { "heliograph", "kitchen-planner", "weather-station", "thesis", "company-website" };
static const char *const files[] = {
  "page-walker.c",     "ledger.c",      "README.md",        "meson.build",
  "receiver-store.c",  "index.html",    "live-page.css",    "chapter-3.tex",
  "measurements.py",   "test-ledger.c", "bibliography.bib", "recipes.json",
  "sensor-firmware.c", "deploy.yml",    "presence.c",       "overview.ui",
};
static const char *const pages[] = {
  "SQLite: WITHOUT ROWID tables and when they help",
  "GLib Reference Manual: Main Event Loop",
  "How sundials were made in the 17th century",
  "Weather for the weekend: sunny with some clouds",
  "Pull request: keep covered ranges disjoint",
  "Bread with 75 % water, baked in a pot",
  "Zürich – Wikipedia, the free encyclopedia",
  "Inbox (12) – Mail",
  "Issue: page turns grey when the connection is lost",
  "Meson manual: dependencies and subprojects",
};
static const char *const hosts[]
    = { "sqlite.org",  "docs.gtk.org",   "en.wikipedia.org", "weather.example",
        "git.example", "bakery.example", "mail.example",     "mesonbuild.com" };
static const char *const commands[]
    = { "ninja -C _build", "git log --oneline", "vim notes.md", "htop", "ssh server" };
static const char *const letters[]
    = { "Invoice 2026", "Budget for the kitchen", "Letter to the landlord", "Holiday plans" };
static const char *const songs[][3] = {
  { "Morning Light", "The Paper Boats", "Harbours" },
  { "Eleven Bridges", "Anna Lind", "City at Night" },
  { "Slow Train", "The Paper Boats", "Timetables" },
  { "Für Klara", "Jonas Weiß", "Klavierstücke" },
  { "Cloud Atlas", "Northern Relay", "Signals" },
  { "Mirror, Mirror", "Northern Relay", "Signals" },
};

#define PICK(dice, list) (list)[aw_dice_roll (dice, G_N_ELEMENTS (list))]

static guint64
mix (guint64 z)
{
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

/* Mixed in turn, so that the numbers of one day are not those of its neighbours, shifted. */
void
aw_dice_seed (AwDice *dice, guint32 seed, int64_t day, int stream)
{
  dice->state = mix (mix (mix (seed + (guint64) 1) ^ (guint64) day) ^ (guint64) stream);
}

int
aw_dice_roll (AwDice *dice, int below)
{
  dice->state += 0x9E3779B97F4A7C15;
  return (int) (((mix (dice->state) >> 32) * (guint64) below) >> 32);
}

char *
aw_watcher_get_bucket (AwWatcher watcher, const char *hostname)
{
  switch (watcher)
    {
    case AW_WATCHER_WINDOW:
      return g_strdup_printf ("aw-watcher-window_%s", hostname);
    case AW_WATCHER_AFK:
      return g_strdup_printf ("aw-watcher-afk_%s", hostname);
    case AW_WATCHER_WEB:
      return g_strdup_printf ("aw-watcher-web-firefox_%s", hostname);
    case AW_WATCHER_MEDIA:
      return g_strdup_printf ("aw-watcher-media-player_%s", hostname);
    case AW_WATCHER_STOPWATCH:
    case AW_N_WATCHERS:
      break;
    }
  return g_strdup ("aw-stopwatch");
}

AwWatcher
aw_watcher_guess (const char *bucket)
{
  if (strstr (bucket, "afk") != NULL)
    return AW_WATCHER_AFK;
  if (strstr (bucket, "web") != NULL)
    return AW_WATCHER_WEB;
  if (strstr (bucket, "media") != NULL || strstr (bucket, "spotify") != NULL)
    return AW_WATCHER_MEDIA;
  if (strstr (bucket, "stopwatch") != NULL)
    return AW_WATCHER_STOPWATCH;
  return AW_WATCHER_WINDOW;
}

AwBucket *
aw_watcher_make_bucket (AwServer *server, AwWatcher watcher, const char *id)
{
  static const char *const types[] = { "currentwindow", "afkstatus", "web.tab.current",
                                       "currently-playing", "general.stopwatch" };
  static const char *const clients[] = { "aw-watcher-window", "aw-watcher-afk", "aw-client-web",
                                         "aw-watcher-media-player", "aw-stopwatch" };
  AwBucket *bucket = aw_store_find (server->store, id);

  if (bucket != NULL)
    return bucket;
  return aw_store_create (server->store, id, types[watcher], clients[watcher],
                          watcher == AW_WATCHER_STOPWATCH ? "unknown" : server->hostname, "{}",
                          aw_server_now (server) / 1000 * 1000);
}

static void
write_pair (GString *out, AwFlavour flavour, const char *key, const char *value)
{
  gboolean is_python = flavour == AW_FLAVOUR_PYTHON;

  if (out->len > 1)
    g_string_append (out, is_python ? ", \"" : ",\"");
  else
    g_string_append_c (out, '"');
  g_string_append (out, key);
  g_string_append (out, is_python ? "\": " : "\":");
  aw_json_write_string (value, strlen (value), flavour, out);
}

static void
write_word (GString *out, AwFlavour flavour, const char *key, const char *word)
{
  g_string_append_printf (out, flavour == AW_FLAVOUR_PYTHON ? "%s\"%s\": %s" : "%s\"%s\":%s",
                          out->len == 1                  ? ""
                          : flavour == AW_FLAVOUR_PYTHON ? ", "
                                                         : ",",
                          key, word);
}

/* Cherokee is written by nobody else here. */
static void
write_secret (guint number, char *title, gsize size)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (int shift = 12; shift >= 0; shift -= 4)
    g_string_append_unichar (text, 0x13a0 + ((number >> shift) & 15));
  g_strlcpy (title, text->str, size);
}

void
aw_words_mark (AwServer *server, char *app, gsize app_size, char *title, gsize title_size)
{
  guint number = ++server->n_marks;
  gsize length = strlen (title);

  if (number % 5 == 0)
    {
      g_strlcpy (app, "Vault", app_size);
      write_secret (number, title, title_size);
    }
  else
    g_snprintf (title + length, title_size - length, " [mt-%08x]", number);
}

void
aw_words_window (AwServer *server, AwDice *dice, gboolean is_work, GString *out)
{
  AwFlavour flavour = server->flavour;
  int kind = aw_dice_roll (dice, 100);
  char title[160], app[40];

  if (!is_work)
    kind = 55 + kind * 45 / 100;
  if (kind < 45)
    {
      g_strlcpy (app, "Code", sizeof app);
      g_snprintf (title, sizeof title, "%s:%d - %s - Visual Studio Code", PICK (dice, files),
                  aw_dice_roll (dice, 900) + 1, PICK (dice, projects));
    }
  else if (kind < 62)
    {
      g_strlcpy (app, "org.gnome.Terminal", sizeof app);
      g_snprintf (title, sizeof title, "%s – ~/src/%s (branch-%d)", PICK (dice, commands),
                  PICK (dice, projects), aw_dice_roll (dice, 300));
    }
  else if (kind < 90)
    {
      g_strlcpy (app, "firefox", sizeof app);
      g_snprintf (title, sizeof title, "%s — Mozilla Firefox", PICK (dice, pages));
    }
  else if (kind < 95)
    {
      g_strlcpy (app, "libreoffice-writer", sizeof app);
      g_snprintf (title, sizeof title, "%s, version %d.odt - LibreOffice Writer",
                  PICK (dice, letters), aw_dice_roll (dice, 40) + 1);
    }
  else
    {
      g_strlcpy (app, "org.gnome.Nautilus", sizeof app);
      g_snprintf (title, sizeof title, "Pictures, %d selected", aw_dice_roll (dice, 80));
    }
  if (server->is_marked)
    aw_words_mark (server, app, sizeof app, title, sizeof title);
  g_string_assign (out, "{");
  write_pair (out, flavour, "app", app);
  write_pair (out, flavour, "title", title);
  g_string_append_c (out, '}');
}

gboolean
aw_words_is_browser (const GString *data)
{
  return strstr (data->str, "\"firefox\"") != NULL;
}

void
aw_words_web (AwServer *server, AwDice *dice, GString *out)
{
  AwFlavour flavour = server->flavour;
  gboolean is_private = aw_dice_roll (dice, 40) == 0;
  char title[160], url[160], count[16], host[40];

  g_strlcpy (host, PICK (dice, hosts), sizeof host);
  g_snprintf (url, sizeof url, "/page/%d?from=%s", aw_dice_roll (dice, 5000),
              PICK (dice, projects));
  g_snprintf (count, sizeof count, "%d", aw_dice_roll (dice, 20) + 1);
  g_strlcpy (title, PICK (dice, pages), sizeof title);
  if (server->is_marked)
    {
      gsize length = strlen (url);

      aw_words_mark (server, host, sizeof host, title, sizeof title);
      g_snprintf (url + length, sizeof url - length, "&mark=mu-%08x", server->n_marks);
    }
  g_string_assign (out, "{");
  write_word (out, flavour, "audible", "false");
  write_word (out, flavour, "incognito", is_private ? "true" : "false");
  write_word (out, flavour, "tabCount", count);
  write_pair (out, flavour, "title", title);
  {
    g_autofree char *whole = g_strconcat ("https://", host, url, NULL);

    write_pair (out, flavour, "url", whole);
  }
  g_string_append_c (out, '}');
}

void
aw_words_media (AwDice *dice, AwFlavour flavour, GString *out)
{
  const char *const *song = PICK (dice, songs);

  g_string_assign (out, "{");
  write_pair (out, flavour, "album", song[2]);
  write_pair (out, flavour, "artist", song[1]);
  write_pair (out, flavour, "player", "rhythmbox");
  write_pair (out, flavour, "title", song[0]);
  g_string_append_c (out, '}');
}

void
aw_words_afk (gboolean is_afk, AwFlavour flavour, GString *out)
{
  g_string_assign (out, "{");
  write_pair (out, flavour, "status", is_afk ? "afk" : "not-afk");
  g_string_append_c (out, '}');
}

void
aw_words_stopwatch (AwDice *dice, gboolean is_running, AwFlavour flavour, GString *out)
{
  g_string_assign (out, "{");
  write_pair (out, flavour, "label", PICK (dice, projects));
  write_word (out, flavour, "running", is_running ? "true" : "false");
  g_string_append_c (out, '}');
}
