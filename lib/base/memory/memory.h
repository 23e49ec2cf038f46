/* Giving memory back to the machine. */
#ifndef BASE_MEMORY_MEMORY_H
#define BASE_MEMORY_MEMORY_H

/* First of all in a program that stays: what is large, or no longer needed,
 * goes back to the machine and not to the heap for later. */
void memory_keep_little(void);

/* For a program that has just begun, or has nothing to do for a while. Gives
 * back what the heap does not use, and lets go of the pages of the program's
 * and its libraries' files. Only the start read most of those; the others come
 * back from the machine's cache of files. */
void memory_give_back(void);

#endif
