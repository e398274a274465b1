/* SPDX-License-Identifier: GPL-2.0 */
/* The verbs of ras action that have a file of their own. */
#ifndef _RAS_CMD_ACTION_H
#define _RAS_CMD_ACTION_H

int cmd_action_list(int argc, const char **argv);
int cmd_action_test(int argc, const char **argv);

#endif /* _RAS_CMD_ACTION_H */
