/* SPDX-License-Identifier: GPL-2.0 */
/* The fixed, ordered vocabulary of severities. */
#ifndef _RAS_SEVERITY_H
#define _RAS_SEVERITY_H

/*
 * From harmless to worst. The words (see ras_severity_name()) are an ABI: they
 * are in JSON, in the database and in configuration files.
 */
enum ras_severity {
	RAS_SEV_UNKNOWN,	/* the event does not say */
	RAS_SEV_INFO,		/* no error */
	RAS_SEV_CORRECTED,	/* CE: hardware corrected it */
	RAS_SEV_RECOVERED,	/* uncorrected, and the kernel dealt with it */
	RAS_SEV_DEFERRED,	/* uncorrected, not consumed yet (AMD, EDAC) */
	RAS_SEV_UCNA,		/* uncorrected no action (Intel) */
	RAS_SEV_SRAO,		/* software recoverable, action optional */
	RAS_SEV_SRAR,		/* software recoverable, action required */
	RAS_SEV_UNCORRECTED,	/* UE that says nothing more precise */
	RAS_SEV_FATAL,		/* the system cannot go on */
	RAS_SEV_NR
};

const char *ras_severity_name(enum ras_severity sev);
int ras_severity_word(const char *word, enum ras_severity *sev);
int ras_severity_parse(const char *list, unsigned int *mask);

#endif /* _RAS_SEVERITY_H */
