/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The privacy rules as they are stored: whatever they are, what leaves is canonical, and what is
 * broken lets nothing pass. */

#include "fuzz/fuzz.h"
#include "json/helio-json-canonical.h"
#include "rules/helio-rules.h"

static const char *const events[] = {
  "{\"app\":\"Editor\",\"title\":\"a \\\"letter\\\" ü\"}",
  "{\"incognito\":true,\"tabCount\":3,\"title\":\"page\",\"url\":\"https://me@example.org:80/x\"}",
  "{\"status\":\"afk\"}",
  "{\"x\":[1,{\"y\":null}]}",
};

static void
check_form (const HelioPublished *published)
{
  g_autoptr (GByteArray) canonical = g_byte_array_new ();
  HelioJson json;

  helio_json_init (&json, published->data, published->length);
  g_assert_true (helio_json_take_canonical (&json, canonical) && helio_json_finish (&json));
  g_assert_cmpmem (canonical->data, canonical->len, published->data, published->length);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *raw = g_strndup ((const char *) data, size);
  g_autofree char *text = g_utf8_make_valid (raw, -1);
  g_autoptr (HelioRules) rules = helio_rules_new_from_json (text, NULL);
  g_autoptr (GPtrArray) problems = helio_rules_list_problems (rules);
  g_autoptr (HelioBucket) bucket = helio_bucket_new ("b", "currentwindow", NULL, NULL, NULL);
  g_autofree char *why = helio_rules_explain (rules, NULL);
  gboolean is_stopped = helio_rules_is_stopped (rules, bucket);

  g_assert_true (why != NULL || !is_stopped);
  for (guint i = 0; i < problems->len; i++)
    {
      const HelioRuleProblem *problem = problems->pdata[i];

      g_assert_true (g_utf8_validate (problem->name, -1, NULL));
      g_assert_true (g_utf8_validate (problem->error, -1, NULL));
    }
  for (guint i = 0; i < G_N_ELEMENTS (events) * 2; i++)
    {
      g_autoptr (GByteArray) scratch = g_byte_array_new ();
      HelioEvent event = { .data_len = (uint32_t) strlen (events[i / 2]) };
      HelioPublished published;

      if (!helio_rules_publish (rules, bucket, (HelioScope) (i % 2), &event, events[i / 2], scratch,
                                NULL, &published))
        continue;
      g_assert_false (is_stopped);
      check_form (&published);
    }
  return 0;
}
