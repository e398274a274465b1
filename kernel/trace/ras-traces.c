// SPDX-License-Identifier: GPL-2.0
/*
 * The tracepoints of include/trace/events/ras.h. They are here because they are
 * hit all over the kernel, also where drivers/ras is not built.
 */
#define CREATE_TRACE_POINTS
#include <trace/events/ras.h>

/* For what can be a module */
EXPORT_TRACEPOINT_SYMBOL_GPL(edac_device_event);
EXPORT_TRACEPOINT_SYMBOL_GPL(edac_pci_event);
