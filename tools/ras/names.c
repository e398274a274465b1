// SPDX-License-Identifier: GPL-2.0
/* Names of persistent events and buffer sets, and lists of them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "names.h"

#define LETTERS	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/**
 * ras_name_valid - may an event or a set be called that
 * @name: name
 *
 * Return: true if it is [A-Za-z][A-Za-z0-9_-]{0,62}.
 */
bool ras_name_valid(const char *name)
{
	size_t len = strlen(name);

	return strspn(name, LETTERS) && len <= RAS_NAME_MAX &&
	       strspn(name, LETTERS "0123456789_-") == len;
}

/**
 * ras_names_have - is a name in a list
 * @list: list
 * @name: name
 *
 * Return: true if it is.
 */
bool ras_names_have(const struct ras_names *list, const char *name)
{
	unsigned int i;

	for (i = 0; i < list->nr; i++) {
		if (!strcmp(list->names[i], name))
			return true;
	}
	return false;
}

/**
 * ras_names_add - append a name, unless it is there
 * @list: list, for ras_names_free()
 * @name: name
 *
 * Return: 0; -EINVAL: not a name; -ENOMEM.
 */
int ras_names_add(struct ras_names *list, const char *name)
{
	char **names;

	if (!ras_name_valid(name))
		return -EINVAL;
	if (ras_names_have(list, name))
		return 0;
	names = realloc(list->names, (list->nr + 1) * sizeof(*names));
	if (!names)
		return -ENOMEM;
	list->names = names;
	names[list->nr] = strdup(name);
	if (!names[list->nr])
		return -ENOMEM;
	list->nr++;
	return 0;
}

/**
 * ras_names_copy - append all names of another list
 * @list: list, for ras_names_free()
 * @from: the other one
 *
 * Return: 0 or -ENOMEM.
 */
int ras_names_copy(struct ras_names *list, const struct ras_names *from)
{
	unsigned int i;
	int err = 0;

	for (i = 0; !err && i < from->nr; i++)
		err = ras_names_add(list, from->names[i]);
	return err;
}

/**
 * ras_names_parse - append the names of a text
 * @list: list, for ras_names_free()
 * @text: names, separated by commas
 *
 * Return: 0; -EINVAL: there is something that is no name; -ENOMEM.
 */
int ras_names_parse(struct ras_names *list, const char *text)
{
	char *copy = strdup(text), *rest = copy, *word;
	int err = copy ? 0 : -ENOMEM;

	while (!err && (word = strsep(&rest, ","))) {
		char *end;

		word += strspn(word, " \t");
		end = word + strcspn(word, " \t");
		if (end[strspn(end, " \t")])
			err = -EINVAL;
		*end = '\0';
		if (!err)
			err = ras_names_add(list, word);
	}
	free(copy);
	return err;
}

/**
 * ras_names_free - empty a list
 * @list: list
 */
void ras_names_free(struct ras_names *list)
{
	while (list->nr)
		free(list->names[--list->nr]);
	free(list->names);
	list->names = NULL;
}
