/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "test-cli-agent.h"

#include <string.h>

#include "helio-agent-dbus.h"
#include "model/helio-error.h"
#include "model/helio-event.h"

#define OBJECT_PATH "/io/github/heliograph/Heliograph/Agent"
#define MARCH G_GINT64_CONSTANT (1772323200000) /* 2026-03-01 */

struct _TestAgent
{
  GDBusConnection *bus;
  HelioAgent1 *skeleton;
  GString *calls;
  int64_t last_pause;
  gboolean is_leaving;
  gboolean is_over;
  guint name;
};

static void
set_property (TestAgent *agent, const char *name, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) value = g_variant_parse (NULL, text, NULL, NULL, &error);

  g_assert_no_error (error);
  g_object_set (agent->skeleton, name, value, NULL);
}

static void
set_canned (TestAgent *agent)
{
  int64_t now = g_get_real_time () / 1000;
  g_autofree char *presence = g_strdup_printf (
      "{'state': <'active'>, 'since': <int64 %" G_GINT64_FORMAT ">, 'app': <'Firefox'>, "
      "'title': <'A \\u001b[31mtitle'>, 'activity-since': <int64 %" G_GINT64_FORMAT ">, "
      "'media-title': <'Song'>, 'media-artist': <'Band'>}",
      now - HELIO_HOUR, now - 12 * HELIO_MINUTE);
  g_autofree char *source = g_strdup_printf (
      "{'address': <'127.0.0.1:5600'>, 'reachable': <true>, 'error': <''>, 'hostname': <'laptop'>, "
      "'version': <'v0.13.2'>, 'last-success': <int64 %" G_GINT64_FORMAT ">}",
      now - 3000);
  g_autofree char *buckets = g_strdup_printf (
      "[{'id': <'aw-watcher-window_laptop'>, 'type': <'currentwindow'>, "
      "'client': <'aw-watcher-window'>, 'hostname': <'laptop'>, 'enabled': <true>, "
      "'synced-copy': <false>, 'gone': <false>, 'new': <false>, "
      "'last-event': <int64 %" G_GINT64_FORMAT ">, 'in-aw': <int64 100000>, 'error': <''>}, "
      "{'id': <'aw-watcher-window_phone-synced'>, 'type': <'currentwindow'>, 'client': <'c'>, "
      "'hostname': <'phone'>, 'enabled': <false>, 'synced-copy': <true>, 'gone': <true>, "
      "'new': <true>, 'last-event': <int64 0>, 'in-aw': <int64 -1>, 'error': <'odd'>}]",
      MARCH);
  g_autofree char *destinations = g_strdup_printf (
      "[{'id': <'d1'>, 'name': <'Home'>, 'address': <'status.example.org'>, "
      "'device': <'laptop'>, 'level': <'title'>, 'history': <true>, 'allow-plain-http': <false>, "
      "'bundled': <false>, "
      "'state': <'publishing'>, 'error': <''>, 'last-success': <int64 %" G_GINT64_FORMAT ">, "
      "'retry-at': <int64 0>, 'rejected': <int64 0>}, "
      "{'id': <'d2'>, 'name': <'Away'>, 'address': <'10.0.0.1:5680'>, 'device': <'laptop'>, "
      "'level': <'state'>, 'history': <false>, 'allow-plain-http': <true>, 'state': <'idle'>, "
      "'error': <''>, 'last-success': <int64 0>, 'retry-at': <int64 0>, 'rejected': <int64 0>}]",
      now - 2000);

  helio_agent1_set_version (agent->skeleton, "0.9.9");
  helio_agent1_set_state (agent->skeleton, "publishing");
  helio_agent1_set_trouble (agent->skeleton, "");
  set_property (agent, "presence", presence);
  set_property (agent, "source", source);
  set_property (agent, "buckets", buckets);
  set_property (agent, "destinations", destinations);
  set_property (agent, "progress",
                "[{'destination': <'d1'>, 'bucket': <'aw-watcher-window_laptop'>, "
                "'done': <false>, 'held': <int64 45000>, 'rows': <int64 45500>, "
                "'in-aw': <int64 100000>, 'oldest': <int64 1740787200000>, 'rate': <12000.4>, "
                "'asking': <false>}, "
                "{'destination': <'d1'>, 'bucket': <'aw-watcher-afk_laptop'>, 'done': <true>, "
                "'held': <int64 7000>, 'rows': <int64 7000>, 'in-aw': <int64 7000>, "
                "'oldest': <int64 1732147200000>, 'rate': <0.0>, 'asking': <false>}, "
                "{'destination': <'d1'>, 'bucket': <'aw-watcher-media-player'>, 'done': <false>, "
                "'held': <int64 12>, 'rows': <int64 12>, 'in-aw': <int64 12>, "
                "'oldest': <int64 0>, 'rate': <0.0>, 'asking': <true>}, "
                "{'destination': <'d1'>, 'bucket': <'ruled'>, 'done': <false>, "
                "'held': <int64 100>, 'rows': <int64 100>, 'in-aw': <int64 100>, "
                "'oldest': <int64 0>, 'rate': <0.0>, 'asking': <false>, 'work': <'rules'>, "
                "'part': <0.437>}]");
  g_autofree char *verdicts = g_strdup_printf (
      "[{'destination': <'d1'>, 'bucket': <'aw-watcher-afk_laptop'>, 'at': <int64 %" G_GINT64_FORMAT
      ">, 'in-aw': <int64 7000>, 'allowed': <int64 7000>, 'held': <int64 7000>, 'equal': <true>, "
      "'outdated': <false>}]",
      now - 180000);
  set_property (agent, "verdicts", verdicts);
  set_property (agent, "questions", "@aa{sv} []");
  set_property (agent, "machine",
                "{'tray-host': <true>, 'tray': <true>, 'secret-store': <'available'>, "
                "'network': <true>, 'metered': <false>, 'start-at-login': <true>, "
                "'start-at-login-error': <''>}");
  g_dbus_interface_skeleton_flush (G_DBUS_INTERFACE_SKELETON (agent->skeleton));
}

void
test_agent_make_trouble (TestAgent *agent)
{
  int64_t now = g_get_real_time () / 1000;
  g_autofree char *destinations = g_strdup_printf (
      "[{'id': <'d1'>, 'name': <'Home'>, 'address': <'status.example.org'>, "
      "'device': <'laptop'>, 'level': <'title'>, 'history': <true>, 'state': <'stopped'>, "
      "'error': <'the token was refused'>, 'last-success': <int64 0>, 'retry-at': <int64 0>, "
      "'rejected': <int64 3>}, "
      "{'id': <'d2'>, 'name': <'Away'>, 'address': <'10.0.0.1'>, 'state': <'waiting'>, "
      "'error': <'nobody answers'>, 'retry-at': <int64 %" G_GINT64_FORMAT ">}]",
      now + HELIO_HOUR);

  helio_agent1_set_state (agent->skeleton, "trouble");
  helio_agent1_set_trouble (agent->skeleton, "status.example.org refused the token");
  set_property (agent, "machine",
                "{'tray-host': <false>, 'tray': <false>, 'secret-store': <'locked'>, "
                "'network': <false>, 'metered': <false>, 'start-at-login': <false>, "
                "'start-at-login-error': <'The desktop did not allow it'>}");
  set_property (agent, "presence", "@a{sv} {}");
  set_property (agent, "source",
                "{'address': <'127.0.0.1:5600'>, 'reachable': <false>, "
                "'error': <'nobody answers'>, 'last-success': <int64 0>}");
  set_property (agent, "buckets", "@aa{sv} []");
  set_property (agent, "destinations", destinations);
  set_property (
      agent, "questions",
      "[{'id': <'q1'>, 'kind': <'deletions'>, 'destination': <'d1'>, 'bucket': <'b'>, "
      "'count': <int64 500>, 'text': <'Delete 500 events of b?'>, "
      "'choices': <['keep', 'delete']>}, "
      "{'id': <'q2'>, 'kind': <'adopt'>, 'text': <'Adopt?'>, 'choices': <['no', 'yes']>}]");
  g_dbus_interface_skeleton_flush (G_DBUS_INTERFACE_SKELETON (agent->skeleton));
}

void
test_agent_make_paused (TestAgent *agent)
{
  helio_agent1_set_state (agent->skeleton, "paused");
  helio_agent1_set_paused_since (agent->skeleton, MARCH);
  helio_agent1_set_paused_until (agent->skeleton, HELIO_TIME_MAX);
  g_dbus_interface_skeleton_flush (G_DBUS_INTERFACE_SKELETON (agent->skeleton));
}

void
test_agent_log_then_leave (TestAgent *agent)
{
  agent->is_leaving = TRUE;
}

static void
leave (TestAgent *agent)
{
  if (agent->name != 0)
    g_bus_unown_name (agent->name);
  agent->name = 0;
  agent->is_over = TRUE;
}

static GVariant *
parse (const char *text)
{
  return g_variant_new_parsed (text);
}

static GVariant *
verdicts_of (const char *bucket)
{
  if (strcmp (bucket, "nothing") == 0)
    return parse ("(@aa{sv} [],)");
  if (strcmp (bucket, "broken") == 0)
    return parse ("([{'destination': <'d1'>, 'bucket': <'a'>, 'in-aw': <int64 5>, "
                  "'allowed': <int64 5>, 'held': <int64 5>, 'equal': <true>, "
                  "'differing-days': <@as []>}, "
                  "{'destination': <'d1'>, 'bucket': <'broken'>, 'in-aw': <int64 9>, "
                  "'allowed': <int64 9>, 'held': <int64 4>, 'equal': <false>, "
                  "'differing-days': <['2026-11-01', '2026-11-02', '2026-11-03', "
                  "'2026-11-04']>}],)");
  if (strcmp (bucket, "mended") == 0)
    return parse ("([{'destination': <'d1'>, 'bucket': <'mended'>, 'in-aw': <int64 9>, "
                  "'allowed': <int64 9>, 'held': <int64 9>, 'equal': <true>, 'mended': <true>, "
                  "'days': <uint32 4>, 'differing-days': <['2026-11-01', '2026-11-02']>}, "
                  "{'destination': <'d1'>, 'bucket': <'a'>, 'in-aw': <int64 5>, "
                  "'allowed': <int64 5>, 'held': <int64 5>, 'equal': <true>, "
                  "'differing-days': <@as []>}],)");
  if (strcmp (bucket, "refused") == 0)
    return parse ("([{'destination': <'d1'>, 'bucket': <'refused'>, 'in-aw': <int64 9>, "
                  "'allowed': <int64 9>, 'held': <int64 8>, 'equal': <false>, "
                  "'refused': <int64 1>, 'waiting': <int64 2>, 'differing-days': <@as []>}],)");
  return parse ("([{'destination': <'d1'>, 'bucket': <'aw-watcher-window_laptop'>, "
                "'in-aw': <int64 100000>, 'allowed': <int64 99990>, 'held': <int64 99990>, "
                "'equal': <true>, 'differing-days': <@as []>}],)");
}

static GVariant *
log_entries (void)
{
  return g_variant_new_parsed ("([(uint32 1, %x, 'info', 'helio-sync', 'Published 10 events'), "
                               "(2, %x, 'debug', 'helio-sync', 'Detail'), "
                               "(3, %x, 'warning', 'helio-agent', 'Odd')],)",
                               MARCH, MARCH + 500, MARCH + 1000);
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Keys in order, so that the record does not depend on a hash. */
static char *
print_sorted (GVariant *value)
{
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_VARDICT))
    return g_variant_print (value, g_variant_is_of_type (value, G_VARIANT_TYPE_VARIANT));

  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func (g_free);
  for (gsize i = 0; i < g_variant_n_children (value); i++)
    {
      g_autoptr (GVariant) entry = g_variant_get_child_value (value, i);
      g_autoptr (GVariant) key = g_variant_get_child_value (entry, 0);
      g_autoptr (GVariant) member = g_variant_get_child_value (entry, 1);
      g_autofree char *name = g_variant_print (key, FALSE);
      g_autofree char *text = g_variant_print (member, FALSE);

      g_ptr_array_add (entries, g_strdup_printf ("%s: %s", name, text));
    }
  g_ptr_array_sort (entries, compare_texts);
  g_ptr_array_add (entries, NULL);
  g_autofree char *joined = g_strjoinv (", ", (char **) entries->pdata);
  return g_strdup_printf ("{%s}", joined);
}

static void
record (TestAgent *agent, const char *method, GVariant *parameters)
{
  gsize count = g_variant_n_children (parameters);

  g_string_append_printf (agent->calls, "%s(", method);
  for (gsize i = 0; i < count; i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (parameters, i);
      g_autofree char *text = print_sorted (child);
      g_string_append_printf (agent->calls, "%s%s", i > 0 ? ", " : "", text);
    }
  g_string_append (agent->calls, count == 1 ? ",)\n" : ")\n");
}

static const char *
first_word (GVariant *parameters)
{
  const char *word = "";

  if (g_str_has_prefix (g_variant_get_type_string (parameters), "(s"))
    g_variant_get_child (parameters, 0, "&s", &word);
  return word;
}

static GVariant *
answer (TestAgent *agent, const char *method, GVariant *parameters)
{
  const char *word = first_word (parameters);

  if (strcmp (method, "Pause") == 0)
    g_variant_get (parameters, "(x)", &agent->last_pause);
  if (strcmp (method, "Verify") == 0)
    return verdicts_of (word);
  if (strcmp (method, "GetOptions") == 0)
    return g_variant_new_parsed (
        "({'poll-interval': <uint32 5>, 'aw-url': <'http://127.0.0.1:5600'>, "
        "'media-keeps-active': <true>, 'tray-icon': <true>, 'history-from': <%x>, 'buckets': "
        "<['a', 'b']>, "
        "'aw-key-set': <false>},)",
        MARCH);
  if (strcmp (method, "AddDestination") == 0 || strcmp (method, "AddThisComputer") == 0)
    return parse ("('d1', 'laptop')");
  if (strcmp (method, "GetPage") == 0)
    return parse (strcmp (word, "d1") == 0 ? "('https://status.example.org/u/me/',)"
                                           : "('file:///etc/passwd',)");
  if (strcmp (method, "TestSource") == 0)
    return parse ("({'hostname': <'laptop'>, 'version': <'v0.13.2'>, 'buckets': <uint32 4>},)");
  if (strcmp (method, "TestDestination") == 0 || strcmp (method, "TestNewDestination") == 0)
    return parse ("({'server': <'heliograph-server 1'>, 'device': <'laptop'>, "
                  "'max-events': <uint32 5000>, 'gzip': <true>},)");
  if (strcmp (method, "ListLog") == 0)
    return log_entries ();
  if (strcmp (method, "ListRejected") == 0 && strcmp (word, "d1") == 0)
    return g_variant_new_parsed (
        "([{'bucket': <'b'>, 'start': <%x>, 'reason': <'too-large'>, 'at': <%x>}],)", MARCH,
        MARCH + 1000);
  if (strcmp (method, "ListRejected") == 0)
    return parse ("(@aa{sv} [],)");
  if (strcmp (method, "ListSent") == 0 && strcmp (word, "d1") == 0)
    return g_variant_new_parsed (
        "([{'id': <int64 3>, 'at': <%x>, 'kind': <'presence'>, 'state': <'active'>, "
        "'since': <%x>, 'app': <'Firefox'>, 'title': <'A \\u001b[31mtitle'>}, "
        "{'id': <int64 2>, 'at': <%x>, 'kind': <'deletions'>, 'bucket': <'b'>, "
        "'count': <int64 1200>}, "
        "{'id': <int64 1>, 'at': <%x>, 'kind': <'event'>, 'bucket': <'b'>, 'start': <%x>, "
        "'duration': <int64 1000>, 'data': <'{\"app\":\"x\"}'>, 'cut': <false>, "
        "'refused': <true>}],)",
        MARCH + 2000, MARCH, MARCH + 1000, MARCH, MARCH - 1000);
  if (strcmp (method, "ListSent") == 0)
    return parse ("(@aa{sv} [],)");
  return NULL;
}

static gboolean
on_leave (gpointer data)
{
  leave (data);
  return G_SOURCE_REMOVE;
}

/* Connected swapped to every method, for each has arguments of its own between these two and the
 * skeleton; the invocation has them all. */
static gboolean
on_method (TestAgent *agent, GDBusMethodInvocation *invocation)
{
  const char *method = g_dbus_method_invocation_get_method_name (invocation);
  GVariant *parameters = g_dbus_method_invocation_get_parameters (invocation);
  const char *word = first_word (parameters);

  /* A question changes nothing. */
  if (!g_str_has_prefix (method, "Get"))
    record (agent, method, parameters);

  if (strcmp (word, "unknown") == 0)
    g_dbus_method_invocation_return_error (invocation, HELIO_ERROR, HELIO_ERROR_NOT_FOUND,
                                           "there is no bucket “unknown”");
  else if (strcmp (word, "https://refused") == 0)
    g_dbus_method_invocation_return_error (invocation, HELIO_ERROR, HELIO_ERROR_TOKEN,
                                           "refused says no");
  else
    g_dbus_method_invocation_return_value (invocation, answer (agent, method, parameters));

  if (strcmp (method, "ListLog") == 0 && agent->is_leaving)
    {
      helio_agent1_emit_log_added (
          agent->skeleton,
          g_variant_new_parsed ("(uint32 4, %x, 'warning', 'helio-agent', 'Later')", MARCH + 2000));
      leave (agent);
    }
  if (strcmp (method, "Quit") == 0)
    g_idle_add (on_leave, agent);
  return TRUE;
}

static void
on_acquired (GDBusConnection *bus, const char *name, gpointer data)
{
  gboolean *is_owner = data;

  (void) bus;
  (void) name;
  *is_owner = TRUE;
}

TestAgent *
test_agent_new (const char *bus_address)
{
  static const char *const signals[] = {
    "get-options",   "set-option",  "set-bucket", "add-destination",    "set-destination",
    "set-token",     "test-source", "pause",      "remove-destination", "resume",
    "sync-now",      "verify",      "answer",     "test-destination",   "list-log",
    "list-rejected", "retry",       "quit",       "add-this-computer",  "test-new-destination",
    "get-page",      "stop-verify", "list-sent"
  };
  TestAgent *agent = g_new0 (TestAgent, 1);
  g_autoptr (GError) error = NULL;
  gboolean is_owner = FALSE;

  agent->bus = g_dbus_connection_new_for_address_sync (
      bus_address,
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
          | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, &error);
  g_assert_no_error (error);
  agent->calls = g_string_new (NULL);
  agent->skeleton = helio_agent1_skeleton_new ();
  for (gsize i = 0; i < G_N_ELEMENTS (signals); i++)
    {
      g_autofree char *name = g_strconcat ("handle-", signals[i], NULL);
      g_signal_connect_swapped (agent->skeleton, name, G_CALLBACK (on_method), agent);
    }
  set_canned (agent);
  g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (agent->skeleton), agent->bus,
                                    OBJECT_PATH, &error);
  g_assert_no_error (error);
  agent->name = g_bus_own_name_on_connection (
      agent->bus, TEST_AGENT_NAME, G_BUS_NAME_OWNER_FLAGS_NONE, on_acquired, NULL, &is_owner, NULL);
  while (!is_owner)
    g_main_context_iteration (NULL, TRUE);
  return agent;
}

void
test_agent_free (TestAgent *agent)
{
  leave (agent);
  g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (agent->skeleton));
  g_dbus_connection_close_sync (agent->bus, NULL, NULL);
  g_object_unref (agent->skeleton);
  g_object_unref (agent->bus);
  g_string_free (agent->calls, TRUE);
  g_free (agent);
}

char *
test_agent_take_calls (TestAgent *agent)
{
  char *calls = g_strdup (agent->calls->str);

  g_string_truncate (agent->calls, 0);
  return calls;
}

int64_t
test_agent_last_pause (TestAgent *agent)
{
  return agent->last_pause;
}

static gboolean
on_started (gpointer data)
{
  TestAgent *agent = data;

  set_canned (agent);
  return G_SOURCE_REMOVE;
}

int
test_agent_main (void)
{
  TestAgent *agent = test_agent_new (g_getenv ("DBUS_SESSION_BUS_ADDRESS"));

  helio_agent1_set_state (agent->skeleton, "starting");
  set_property (agent, "buckets", "@aa{sv} []");
  g_timeout_add (300, on_started, agent);
  while (!agent->is_over)
    g_main_context_iteration (NULL, TRUE);
  test_agent_free (agent);
  return 0;
}
