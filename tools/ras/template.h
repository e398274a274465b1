/* SPDX-License-Identifier: GPL-2.0 */
/* Summaries of events as text with holes. */
#ifndef _RAS_TEMPLATE_H
#define _RAS_TEMPLATE_H

#include <stdio.h>
#include "event.h"

void ras_template_write(const struct ras_event *ev, const char *template, FILE *out);

#endif /* _RAS_TEMPLATE_H */
