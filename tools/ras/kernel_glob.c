// SPDX-License-Identifier: GPL-2.0
/* The kernel's own glob_match(), which is built to be a module. */
#include <assert.h>
#include <linux/export.h>
#include <linux/types.h>

#define MODULE_DESCRIPTION(text)	static_assert(sizeof(text), text)
#define MODULE_LICENSE(text)		static_assert(sizeof(text), text)

/* The kernel is built without these. */
#pragma GCC diagnostic ignored "-Wunused-parameter"
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#include "../../lib/glob.c"
