/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What tells that a machine is failing and had no event. With those of
 * include/ras/ras_event.h they make the trace system "ras".
 *
 * Each has a severity, a location (which component, which task) and the
 * evidence as the hardware or the kernel gave it. When each is emitted and what
 * an operator should do: Documentation/ras/events.rst.
 *
 * Context of all: any, NMI included, but where it says otherwise. No locks are
 * taken and nothing is allocated.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM ras

#if !defined(_TRACE_RAS_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TRACE_RAS_H

#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sprintf.h>
#include <linux/string.h>
#include <linux/tracepoint.h>
#include <linux/uuid.h>

#ifndef _TRACE_RAS_ENUMS
#define _TRACE_RAS_ENUMS

/**
 * enum ras_severity - how bad it is, mild to worst
 * @RAS_SEVERITY_INFO:		nothing is wrong with the machine
 * @RAS_SEVERITY_CORRECTED:	an error without any effect
 * @RAS_SEVERITY_RECOVERED:	there was an effect, the kernel goes on as before
 * @RAS_SEVERITY_UNCORRECTED:	something is lost: data, a task, a CPU's time
 * @RAS_SEVERITY_FATAL:		the machine stops
 */
enum ras_severity {
	RAS_SEVERITY_INFO,
	RAS_SEVERITY_CORRECTED,
	RAS_SEVERITY_RECOVERED,
	RAS_SEVERITY_UNCORRECTED,
	RAS_SEVERITY_FATAL,
};

/**
 * enum ras_cper_source - through what a CPER section came
 * @RAS_CPER_BERT: boot error record table: the error that killed the last boot
 * @RAS_CPER_GHES: generic hardware error source, an error that kills this one
 */
enum ras_cper_source {
	RAS_CPER_BERT,
	RAS_CPER_GHES,
};

/**
 * enum ras_pci_error - what EDAC found a PCI device to have reported
 * @RAS_PCI_PARITY:		a controller's parity error
 * @RAS_PCI_NONPARITY:		a controller's other error
 * @RAS_PCI_SYSTEM_ERROR:	the device signaled SERR#
 * @RAS_PCI_MASTER_PARITY:	data parity error of a transfer as its master
 * @RAS_PCI_DETECTED_PARITY:	it detected a parity error
 */
enum ras_pci_error {
	RAS_PCI_PARITY,
	RAS_PCI_NONPARITY,
	RAS_PCI_SYSTEM_ERROR,
	RAS_PCI_MASTER_PARITY,
	RAS_PCI_DETECTED_PARITY,
};

/**
 * enum ras_iommu_access - what a device wanted when the IOMMU refused
 * @RAS_IOMMU_READ:	read memory
 * @RAS_IOMMU_WRITE:	write memory
 * @RAS_IOMMU_INTERRUPT: raise an interrupt, whose index is the address
 * @RAS_IOMMU_OTHER:	something else, or the IOMMU does not say
 */
enum ras_iommu_access {
	RAS_IOMMU_READ,
	RAS_IOMMU_WRITE,
	RAS_IOMMU_INTERRUPT,
	RAS_IOMMU_OTHER,
};

/**
 * enum ras_task_fate - what became of a task that maps a failing page
 * @RAS_TASK_UNAFFECTED: nothing: the page was clean, it will be read again
 * @RAS_TASK_SIGBUS_AO:	 SIGBUS with BUS_MCEERR_AO, it may act
 * @RAS_TASK_SIGBUS_AR:	 SIGBUS with BUS_MCEERR_AR, it must act
 * @RAS_TASK_SIGKILL:	 killed, as the page could not be unmapped
 * @RAS_TASK_LATE:	 unmapped; SIGBUS when it touches the page
 * @RAS_TASK_UNTOLD:	 the signal could not be sent
 */
enum ras_task_fate {
	RAS_TASK_UNAFFECTED,
	RAS_TASK_SIGBUS_AO,
	RAS_TASK_SIGBUS_AR,
	RAS_TASK_SIGKILL,
	RAS_TASK_LATE,
	RAS_TASK_UNTOLD,
};

/**
 * enum ras_cec_action - what the collector of corrected errors did with one
 * @RAS_CEC_COUNTED:	counted it, and nobody behind the collector hears of it
 * @RAS_CEC_OFFLINED:	that was one too many: the page is to be soft-offlined
 * @RAS_CEC_INVALID:	one too many, but there is no such page
 * @RAS_CEC_FORGOTTEN:	forgot this page, the coldest, to make room
 */
enum ras_cec_action {
	RAS_CEC_COUNTED,
	RAS_CEC_OFFLINED,
	RAS_CEC_INVALID,
	RAS_CEC_FORGOTTEN,
};

/**
 * enum ras_action_outcome - what became of an action that was decided on
 * @RAS_ACTION_DONE:	it is done
 * @RAS_ACTION_FAILED:	it was tried and could not be done
 * @RAS_ACTION_DRY_RUN:	nothing, as the rule wants it
 * @RAS_ACTION_CAPPED:	nothing, as too much is gone already
 * @RAS_ACTION_DROPPED:	nothing, as too many others were waiting
 */
enum ras_action_outcome {
	RAS_ACTION_DONE,
	RAS_ACTION_FAILED,
	RAS_ACTION_DRY_RUN,
	RAS_ACTION_CAPPED,
	RAS_ACTION_DROPPED,
};

/* What stands for a siginfo has no more to say than where the signal comes from. */
static inline int ras_signal_code(const struct kernel_siginfo *info)
{
	if (info == SEND_SIG_NOINFO)
		return SI_USER;
	if (info == SEND_SIG_PRIV)
		return SI_KERNEL;

	return info->si_code;
}

/* The address of a fault, 0 if the signal is for something else */
static inline unsigned long ras_signal_address(int sig, const struct kernel_siginfo *info)
{
	switch (siginfo_layout(sig, ras_signal_code(info))) {
	case SIL_FAULT:
	case SIL_FAULT_TRAPNO:
	case SIL_FAULT_MCEERR:
	case SIL_FAULT_BNDERR:
	case SIL_FAULT_PKUERR:
	case SIL_FAULT_PERF_EVENT:
		return (unsigned long)info->si_addr;
	default:
		return 0;
	}
}

#endif /* _TRACE_RAS_ENUMS */

#define show_ras_severity(severity)					\
	__print_symbolic(severity,					\
			 { 0, "info" },					\
			 { 1, "corrected" },				\
			 { 2, "recovered" },				\
			 { 3, "uncorrected" },				\
			 { 4, "fatal" })

/*
 * A section of a common platform error record that no other event carries. The
 * data is what UEFI 2.10, N.2.4 and later, describe for the section's type.
 * Sections that do not fit into an event come as several, see offset.
 */
TRACE_EVENT(cper_event,
	TP_PROTO(u8 source, u16 source_id, u8 severity, u32 flags,
		 const guid_t *sec_type, const guid_t *fru_id, const char *fru_text,
		 const u8 *data, u32 length, u32 offset, u32 total),

	TP_ARGS(source, source_id, severity, flags, sec_type, fru_id, fru_text, data, length,
		offset, total),

	TP_STRUCT__entry(
		__field(u8, severity)
		__field(u8, source)
		__field(u16, source_id)
		__field(u32, flags)
		__array(char, sec_type, UUID_SIZE)
		__array(char, fru_id, UUID_SIZE)
		__string(fru_text, fru_text)
		__field(u32, offset)
		__field(u32, total)
		__field(u32, len)
		__dynamic_array(u8, buf, length)
	),

	TP_fast_assign(
		__entry->severity = severity;
		__entry->source = source;
		__entry->source_id = source_id;
		__entry->flags = flags;
		memcpy(__entry->sec_type, sec_type, UUID_SIZE);
		memcpy(__entry->fru_id, fru_id, UUID_SIZE);
		__assign_str(fru_text);
		__entry->offset = offset;
		__entry->total = total;
		__entry->len = length;
		memcpy(__get_dynamic_array(buf), data, length);
	),

	TP_printk("%s %s %u: section %pUl FRU %pUl '%s' flags 0x%x bytes %u at %u of %u: %s",
		  show_ras_severity(__entry->severity),
		  __print_symbolic(__entry->source, { 0, "BERT" }, { 1, "GHES" }),
		  __entry->source_id, __entry->sec_type, __entry->fru_id,
		  __get_str(fru_text), __entry->flags, __entry->len, __entry->offset,
		  __entry->total,
		  __print_hex(__get_dynamic_array(buf), __entry->len))
);

/* An error of something that EDAC watches and that is no memory: a cache, a bridge */
TRACE_EVENT(edac_device_event,
	TP_PROTO(u8 severity, u32 count, const char *controller, const char *device,
		 const char *instance, const char *block, const char *msg),

	TP_ARGS(severity, count, controller, device, instance, block, msg),

	TP_STRUCT__entry(
		__field(u8, severity)
		__field(u32, error_count)
		__string(controller, controller)
		__string(device, device)
		__string(instance, instance)
		__string(block, block)
		__string(msg, msg)
	),

	TP_fast_assign(
		__entry->severity = severity;
		__entry->error_count = count;
		__assign_str(controller);
		__assign_str(device);
		__assign_str(instance);
		__assign_str(block);
		__assign_str(msg);
	),

	TP_printk("%u %s error(s): %s (%s) instance %s block %s: %s",
		  __entry->error_count, show_ras_severity(__entry->severity),
		  __get_str(controller), __get_str(device), __get_str(instance),
		  __get_str(block), __get_str(msg))
);

/*
 * status has the error bits of the device's (with secondary, the bridge's
 * secondary) status register: PCI 3.0, 6.2.3. 0 if the controller found out otherwise.
 */
TRACE_EVENT(edac_pci_event,
	TP_PROTO(u8 error, u16 status, bool secondary, const char *controller,
		 const char *device, const char *msg),

	TP_ARGS(error, status, secondary, controller, device, msg),

	TP_STRUCT__entry(
		__field(u8, severity)
		__field(u8, error)
		__field(u8, secondary)
		__field(u16, status)
		__string(controller, controller)
		__string(device, device)
		__string(msg, msg)
	),

	TP_fast_assign(
		__entry->severity = RAS_SEVERITY_UNCORRECTED;
		__entry->error = error;
		__entry->secondary = secondary;
		__entry->status = status;
		__assign_str(controller);
		__assign_str(device);
		__assign_str(msg);
	),

	TP_printk("%s: %s on %s%s, controller %s, status 0x%04x: %s",
		  show_ras_severity(__entry->severity),
		  __print_symbolic(__entry->error,
				   { 0, "parity error" },
				   { 1, "non-parity error" },
				   { 2, "signaled system error" },
				   { 3, "master data parity error" },
				   { 4, "detected parity error" }),
		  __get_str(device), __entry->secondary ? " (secondary bus)" : "",
		  __get_str(controller), __entry->status, __get_str(msg))
);

/*
 * A CPU or a task that does not get on. ip is where: of a CPU what it executes,
 * of a task what it waits in; 0 if that cannot be told from here. The duration
 * of a hard lockup is the watchdog's threshold.
 */
DECLARE_EVENT_CLASS(ras_lockup,
	TP_PROTO(int cpu, struct task_struct *task, unsigned int duration_ms,
		 unsigned long ip),

	TP_ARGS(cpu, task, duration_ms, ip),

	TP_STRUCT__entry(
		__field(u8, severity)
		__field(int, cpu)
		__field(int, pid)
		__array(char, comm, TASK_COMM_LEN)
		__field(u32, duration_ms)
		__field(u64, ip)
	),

	TP_fast_assign(
		__entry->severity = RAS_SEVERITY_UNCORRECTED;
		__entry->cpu = cpu;
		__entry->pid = task ? task->pid : -1;
		strscpy_pad(__entry->comm, task ? task->comm : "", TASK_COMM_LEN);
		__entry->duration_ms = duration_ms;
		__entry->ip = ip;
	),

	TP_printk("%s: CPU %d task %s:%d for %u ms at %pS",
		  show_ras_severity(__entry->severity), __entry->cpu, __entry->comm,
		  __entry->pid, __entry->duration_ms, (void *)(unsigned long)__entry->ip)
);

DEFINE_EVENT(ras_lockup, soft_lockup,
	TP_PROTO(int cpu, struct task_struct *task, unsigned int duration_ms,
		 unsigned long ip),
	TP_ARGS(cpu, task, duration_ms, ip));

DEFINE_EVENT(ras_lockup, hard_lockup,
	TP_PROTO(int cpu, struct task_struct *task, unsigned int duration_ms,
		 unsigned long ip),
	TP_ARGS(cpu, task, duration_ms, ip));

DEFINE_EVENT(ras_lockup, rcu_stall,
	TP_PROTO(int cpu, struct task_struct *task, unsigned int duration_ms,
		 unsigned long ip),
	TP_ARGS(cpu, task, duration_ms, ip));

DEFINE_EVENT(ras_lockup, hung_task,
	TP_PROTO(int cpu, struct task_struct *task, unsigned int duration_ms,
		 unsigned long ip),
	TP_ARGS(cpu, task, duration_ms, ip));

/* The size of the symbol, its end cut off if need be */
#define RAS_SYMBOL_LEN	64

/*
 * The kernel found itself at fault. The task is the current one; error is the
 * error code of the exception, as the CPU gave it, taint is a mask of TAINT_*.
 */
DECLARE_EVENT_CLASS(ras_kernel,
	TP_PROTO(u8 severity, unsigned long ip, const char *msg, unsigned long error,
		 unsigned long taint),

	TP_ARGS(severity, ip, msg, error, taint),

	TP_STRUCT__entry(
		__field(u8, severity)
		__field(int, pid)
		__array(char, comm, TASK_COMM_LEN)
		__field(u64, ip)
		__array(char, symbol, RAS_SYMBOL_LEN)
		__field(u64, error)
		__field(u64, taint)
		__string(msg, msg)
	),

	TP_fast_assign(
		__entry->severity = severity;
		__entry->pid = current->pid;
		strscpy_pad(__entry->comm, current->comm, TASK_COMM_LEN);
		__entry->ip = ip;
		memset(__entry->symbol, 0, RAS_SYMBOL_LEN);
		snprintf(__entry->symbol, RAS_SYMBOL_LEN, "%ps", (void *)ip);
		__entry->error = error;
		__entry->taint = taint;
		__assign_str(msg);
	),

	TP_printk("%s: %s at %s (0x%llx) task %s:%d error 0x%llx taint 0x%llx",
		  show_ras_severity(__entry->severity), __get_str(msg), __entry->symbol,
		  __entry->ip, __entry->comm, __entry->pid, __entry->error,
		  __entry->taint)
);

DEFINE_EVENT(ras_kernel, kernel_warning,
	TP_PROTO(u8 severity, unsigned long ip, const char *msg, unsigned long error,
		 unsigned long taint),
	TP_ARGS(severity, ip, msg, error, taint));

DEFINE_EVENT(ras_kernel, kernel_oops,
	TP_PROTO(u8 severity, unsigned long ip, const char *msg, unsigned long error,
		 unsigned long taint),
	TP_ARGS(severity, ip, msg, error, taint));

DEFINE_EVENT(ras_kernel, kernel_panic,
	TP_PROTO(u8 severity, unsigned long ip, const char *msg, unsigned long error,
		 unsigned long taint),
	TP_ARGS(severity, ip, msg, error, taint));

/*
 * A device did what its IOMMU does not allow. The reason is the hardware's
 * number for it: Intel VT-d 4.1, table 25, or the event code of AMD IOMMU 3.09,
 * 2.5, whose flags say the rest. source_id is -1 if it names no device, which is
 * empty then; the PASID is 0xffffffff if there is none.
 */
TRACE_EVENT(iommu_fault,
	TP_PROTO(const char *iommu, u16 segment, int source_id, u8 access, u64 address,
		 u32 pasid, u32 reason, u32 flags, const char *msg),

	TP_ARGS(iommu, segment, source_id, access, address, pasid, reason, flags, msg),

	TP_STRUCT__entry(
		__field(u8, severity)
		__field(u8, access)
		__array(char, device, 16)
		__field(u64, address)
		__field(u32, pasid)
		__field(u32, reason)
		__field(u32, flags)
		__string(iommu, iommu)
		__string(msg, msg)
	),

	TP_fast_assign(
		__entry->severity = RAS_SEVERITY_UNCORRECTED;
		__entry->access = access;
		memset(__entry->device, 0, sizeof(__entry->device));
		if (source_id >= 0)
			snprintf(__entry->device, sizeof(__entry->device),
				 "%04x:%02x:%02x.%x", segment, source_id >> 8,
				 (source_id >> 3) & 0x1f, source_id & 7);
		__entry->address = address;
		__entry->pasid = pasid;
		__entry->reason = reason;
		__entry->flags = flags;
		__assign_str(iommu);
		__assign_str(msg);
	),

	TP_printk("%s: %s: %s of %s at 0x%llx, PASID 0x%x: reason 0x%x flags 0x%x: %s",
		  show_ras_severity(__entry->severity), __get_str(iommu),
		  __print_symbolic(__entry->access, { 0, "read" }, { 1, "write" },
				   { 2, "interrupt" }, { 3, "access" }),
		  __entry->device, __entry->address, __entry->pasid, __entry->reason,
		  __entry->flags, __get_str(msg))
);

/*
 * A signal ends a thread group: once for the group, but for threads of it that
 * fault at the same moment. Of one that dumps no core the current task is the
 * sender. The address is that of a fault, else 0.
 */
TRACE_EVENT(fatal_signal,
	TP_PROTO(int sig, struct kernel_siginfo *info, struct task_struct *task),

	TP_ARGS(sig, info, task),

	TP_STRUCT__entry(
		__field(u8, severity)
		__field(int, sig)
		__field(int, code)
		__field(u64, address)
		__field(int, pid)
		__array(char, comm, TASK_COMM_LEN)
	),

	TP_fast_assign(
		__entry->severity = sig_kernel_coredump(sig) ? RAS_SEVERITY_UNCORRECTED :
							       RAS_SEVERITY_INFO;
		__entry->sig = sig;
		__entry->code = ras_signal_code(info);
		__entry->address = ras_signal_address(sig, info);
		__entry->pid = task->pid;
		strscpy_pad(__entry->comm, task->comm, TASK_COMM_LEN);
	),

	TP_printk("%s: signal %d code %d address 0x%llx task %s:%d",
		  show_ras_severity(__entry->severity), __entry->sig, __entry->code,
		  __entry->address, __entry->comm, __entry->pid)
);

/*
 * What came of taking a page out of service. A soft offline moves its contents
 * away before that; a hard one takes them for lost. result is 0 or an errno.
 * Context: process.
 */
TRACE_EVENT(page_offline,
	TP_PROTO(unsigned long pfn, bool soft, int flags, int result),

	TP_ARGS(pfn, soft, flags, result),

	TP_STRUCT__entry(
		__field(u8, severity)
		__field(u8, soft)
		__field(u64, pfn)
		__field(u32, flags)
		__field(int, result)
	),

	TP_fast_assign(
		__entry->severity = !result ? RAS_SEVERITY_RECOVERED :
				    soft ? RAS_SEVERITY_CORRECTED :
					   RAS_SEVERITY_UNCORRECTED;
		__entry->soft = soft;
		__entry->pfn = pfn;
		__entry->flags = flags;
		__entry->result = result;
	),

	TP_printk("%s: %s offline of pfn 0x%llx, flags 0x%x: %d",
		  show_ras_severity(__entry->severity),
		  __print_symbolic(__entry->soft, { 0, "hard" }, { 1, "soft" }),
		  __entry->pfn, __entry->flags, __entry->result)
);

/*
 * A task that maps a page that fails, once per mapping, and what was done to it.
 * The address is the user's, -EFAULT if it cannot be told. Context: process.
 */
TRACE_EVENT(memory_failure_task,
	TP_PROTO(unsigned long pfn, struct task_struct *task, unsigned long address, u8 fate),

	TP_ARGS(pfn, task, address, fate),

	TP_STRUCT__entry(
		__field(u8, severity)
		__field(u8, fate)
		__field(u64, pfn)
		__field(u64, address)
		__field(int, pid)
		__array(char, comm, TASK_COMM_LEN)
	),

	TP_fast_assign(
		__entry->severity = fate == RAS_TASK_UNAFFECTED ? RAS_SEVERITY_RECOVERED :
								  RAS_SEVERITY_UNCORRECTED;
		__entry->fate = fate;
		__entry->pfn = pfn;
		__entry->address = address;
		__entry->pid = task->pid;
		strscpy_pad(__entry->comm, task->comm, TASK_COMM_LEN);
	),

	TP_printk("%s: pfn 0x%llx task %s:%d at 0x%llx: %s",
		  show_ras_severity(__entry->severity), __entry->pfn, __entry->comm,
		  __entry->pid, __entry->address,
		  __print_symbolic(__entry->fate,
				   { 0, "unaffected" },
				   { 1, "SIGBUS, action optional" },
				   { 2, "SIGBUS, action required" },
				   { 3, "SIGKILL" },
				   { 4, "SIGBUS when touched" },
				   { 5, "not told" }))
);

/* The collector of corrected memory errors took one in, and its decision. Context: process. */
TRACE_EVENT(cec_event,
	TP_PROTO(u64 pfn, unsigned int count, unsigned int threshold, u8 action),

	TP_ARGS(pfn, count, threshold, action),

	TP_STRUCT__entry(
		__field(u8, severity)
		__field(u8, action)
		__field(u64, pfn)
		__field(u32, ce_count)
		__field(u32, threshold)
	),

	TP_fast_assign(
		__entry->severity = action == RAS_CEC_FORGOTTEN ? RAS_SEVERITY_INFO :
								  RAS_SEVERITY_CORRECTED;
		__entry->action = action;
		__entry->pfn = pfn;
		__entry->ce_count = count;
		__entry->threshold = threshold;
	),

	TP_printk("%s: pfn 0x%llx: %u error(s) of %u: %s",
		  show_ras_severity(__entry->severity), __entry->pfn, __entry->ce_count,
		  __entry->threshold,
		  __print_symbolic(__entry->action,
				   { 0, "counted" },
				   { 1, "to be offlined" },
				   { 2, "no such page" },
				   { 3, "forgotten" }))
);

/* A CPU, or its package, runs slower because it is too hot, or no longer does. Context: IRQ. */
TRACE_EVENT(cpu_throttle,
	TP_PROTO(unsigned int cpu, bool package, bool power, bool active, unsigned long count),

	TP_ARGS(cpu, package, power, active, count),

	TP_STRUCT__entry(
		__field(u8, severity)
		__field(u8, package)
		__field(u8, power)
		__field(u8, active)
		__field(u32, cpu)
		__field(u64, times)
	),

	TP_fast_assign(
		__entry->severity = active ? RAS_SEVERITY_CORRECTED : RAS_SEVERITY_INFO;
		__entry->package = package;
		__entry->power = power;
		__entry->active = active;
		__entry->cpu = cpu;
		__entry->times = count;
	),

	TP_printk("%s: CPU %u: %s %s %s, %llu times so far",
		  show_ras_severity(__entry->severity), __entry->cpu,
		  __print_symbolic(__entry->package, { 0, "core" }, { 1, "package" }),
		  __print_symbolic(__entry->power, { 0, "temperature" },
				   { 1, "power limit" }),
		  __print_symbolic(__entry->active, { 0, "normal" }, { 1, "throttled" }),
		  __entry->times)
);

/*
 * An action that a rule, or a BPF program (rule 0), decided on, and what became
 * of it. The value is what was acted on, for example a physical address.
 * Context: not NMI.
 */
TRACE_EVENT(action,
	TP_PROTO(const char *action, const char *source, u32 rule, u64 value, u8 outcome,
		 int result),

	TP_ARGS(action, source, rule, value, outcome, result),

	TP_STRUCT__entry(
		__field(u8, severity)
		__field(u8, outcome)
		__field(u32, rule)
		__field(u64, value)
		__field(int, result)
		__string(action, action)
		__string(source, source)
	),

	TP_fast_assign(
		__entry->severity = outcome == RAS_ACTION_DONE ? RAS_SEVERITY_RECOVERED :
				    outcome == RAS_ACTION_DRY_RUN ? RAS_SEVERITY_INFO :
								    RAS_SEVERITY_CORRECTED;
		__entry->outcome = outcome;
		__entry->rule = rule;
		__entry->value = value;
		__entry->result = result;
		__assign_str(action);
		__assign_str(source);
	),

	TP_printk("%s: %s of 0x%llx by rule %u of %s: %s (%d)",
		  show_ras_severity(__entry->severity), __get_str(action), __entry->value,
		  __entry->rule, __get_str(source),
		  __print_symbolic(__entry->outcome, { 0, "done" }, { 1, "failed" },
				   { 2, "dry run" }, { 3, "capped" }, { 4, "dropped" }),
		  __entry->result)
);

#endif /* _TRACE_RAS_H */

/* This part must be outside protection */
#include <trace/define_trace.h>
