/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What ActivityWatch says of itself and its buckets, and its errors. */

#include "fuzz/fuzz.h"
#include "model/helio-bucket.h"
#include "model/helio-error.h"
#include "source/helio-aw-answer.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GString) body = g_string_new_len ((const char *) data, (gssize) size);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) buckets = helio_aw_answer_read_buckets (body, "server", &error);

  g_assert_true ((buckets == NULL) == (error != NULL));
  for (guint i = 0; buckets != NULL && i < buckets->len; i++)
    {
      const HelioBucket *bucket = buckets->pdata[i];

      g_assert_true (bucket->id != NULL && bucket->type != NULL && bucket->hostname != NULL);
    }
  g_clear_error (&error);

  g_autoptr (HelioAwInfo) info = helio_aw_answer_read_info (body, "server", &error);
  g_assert_true ((info == NULL) == (error != NULL));
  g_clear_error (&error);

  for (guint status = 400; status < 600; status += 4)
    {
      helio_aw_answer_is_no_event (status, body->str);
      helio_aw_answer_set_error (&error, "server", status % 8 == 0, status, body->str);
      g_assert_true (error != NULL && g_utf8_validate (error->message, -1, NULL));
      g_clear_error (&error);
    }
  return 0;
}
