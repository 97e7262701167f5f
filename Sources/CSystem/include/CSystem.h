/* System calls that Swift cannot import: variadic functions, macros, GNU extensions, and calls
 * without a wrapper. No logic; -1 and errno as usual. */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* openat with O_CLOEXEC added. */
int dver_openat(int directory, const char *path, int flags, unsigned mode);
int dver_clone_file(int target, int source);
/* Copies within the kernel, at offsets of their own; 0 at the end of the source. */
int64_t dver_copy_file_range(int source, int64_t from, int target, int64_t to, size_t count);
long dver_getdents64(int directory, void *buffer, size_t count);
int dver_renameat2(int from, const char *source, int to, const char *target, unsigned flags);
int dver_syncfs(int descriptor);
int dver_sync_file_range(int descriptor, int64_t offset, int64_t count);
int dver_pipe2(int descriptors[2], int flags);

/* Open file description locks: released when the last descriptor goes, so also by a crash. */
int dver_lock_exclusive(int descriptor);
int dver_lock_shared(int descriptor);
int dver_unlock(int descriptor);

/* Lets a program that is spawned begin in a directory; takes a posix_spawn_file_actions_t. */
int dver_spawn_add_chdir(void *actions, const char *path);

/* Asks ext file systems to keep the subfolders of a directory apart, as with chattr +T. */
int dver_spread_folders(int directory);
/* The magic number of the path's file system, or -1. */
int64_t dver_file_system_magic(const char *path);
/* The mount that a path lies in, links not followed; 0 where the kernel does not tell, or on error. */
uint64_t dver_mount(const char *path);

/* Columns of the terminal, 0 where the descriptor is none. */
int dver_terminal_columns(int descriptor);
/* Its rows, likewise. */
int dver_terminal_rows(int descriptor);
/* How many bytes can be read from a pipe at once, or -1. */
int dver_readable_count(int descriptor);
/* How many arenas the allocator may have; threads share them. */
void dver_limit_arenas(int count);
/* Gives the blocks of a range of a file back, which reads as zeros then. */
int dver_punch_hole(int descriptor, int64_t offset, int64_t count);
/* Where data, or a hole, begins at or behind an offset; -1 where none does. */
int64_t dver_next_data(int descriptor, int64_t offset);
int64_t dver_next_hole(int descriptor, int64_t offset);
/* Bytes of memory that the machine has. */
int64_t dver_physical_memory(void);
/* The count of CPUs that this process may run on; 0 where the system does not say. */
int dver_processor_count(void);

/* The fields of a record of getdents64. */
uint16_t dver_dirent_length(const void *record);
uint8_t dver_dirent_type(const void *record);
const char *dver_dirent_name(const void *record);

/* Waits for the lock. */
int dver_lock_exclusive_waiting(int descriptor);

/* A counter that poll(2) sees as readable once something was added to it. */
int dver_event(void);
/* The process' environment; NULL behind the last entry. */
char **dver_environment(void);

/* What dver_spawn starts. */
struct dver_spawn_request {
  const char *path;
  char *const *arguments;
  char *const *environment;
  const char *directory;
  /* Becomes standard input; standard output and error are `output`. */
  int input, output;
  /* Stay open under their numbers; -1 for none. */
  int inherited[2];
};
/* What a child had done when dver_spawn failed. */
enum { DVER_SPAWN_FORK = 1, DVER_SPAWN_DIRECTORY = 2, DVER_SPAWN_EXECUTE = 3 };

/* Starts a program as the leader of a session and process group of its own, with default signals,
 * and killed when the calling thread ends. 0, or a DVER_SPAWN_ value with errno set. */
int dver_spawn(const struct dver_spawn_request *request, int *process);
/* A descriptor that poll(2) sees as readable once the child has ended; -1 on old kernels. */
int dver_process_descriptor(int process);

/* Whether a child has ended, without reaping it: 0 no, 1 with exit status 0, 2 otherwise. */
int dver_process_ended(int process);

/* From now on SIGINT, SIGTERM and SIGHUP, where they were not ignored, add to `first`, and every
 * one after the first adds to `further` too. */
void dver_catch_interrupts(int first, int further);
/* Back to the default reactions. */
void dver_release_interrupts(void);
