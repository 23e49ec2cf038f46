/* Giving memory back to the machine. */
#ifndef BASE_MEMORY_MEMORY_H
#define BASE_MEMORY_MEMORY_H

/* For a program that has nothing to do for a while. Gives back what the heap
 * does not use, and lets go of the pages of the program's and its libraries'
 * files: most of them were read by its start alone, and what is used again
 * comes from the machine's cache of files. */
void memory_give_back(void);

#endif
