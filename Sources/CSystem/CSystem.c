#define _GNU_SOURCE
#include "CSystem.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <malloc.h>
#include <sched.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

int dver_openat(int directory, const char *path, int flags, unsigned mode) {
  return openat(directory, path, flags | O_CLOEXEC, (mode_t)mode);
}

int dver_clone_file(int target, int source) { return ioctl(target, FICLONE, source); }

int64_t dver_copy_file_range(int source, int64_t from, int target, int64_t to, size_t count) {
  off64_t in = from, out = to;
  return copy_file_range(source, &in, target, &out, count, 0);
}

long dver_getdents64(int directory, void *buffer, size_t count) {
  return syscall(SYS_getdents64, directory, buffer, count);
}

int dver_renameat2(int from, const char *source, int to, const char *target, unsigned flags) {
  return renameat2(from, source, to, target, flags);
}

int dver_syncfs(int descriptor) { return syncfs(descriptor); }

int dver_sync_file_range(int descriptor, int64_t offset, int64_t count) {
  return sync_file_range(descriptor, offset, count, SYNC_FILE_RANGE_WRITE);
}

int dver_pipe2(int descriptors[2], int flags) { return pipe2(descriptors, flags); }

int dver_spawn_add_chdir(void *actions, const char *path) {
  return posix_spawn_file_actions_addchdir_np(actions, path);
}

static int set_lock(int descriptor, short type) {
  struct flock lock = {.l_type = type, .l_whence = SEEK_SET};
  return fcntl(descriptor, F_OFD_SETLK, &lock);
}

int dver_lock_exclusive(int descriptor) { return set_lock(descriptor, F_WRLCK); }
int dver_lock_shared(int descriptor) { return set_lock(descriptor, F_RDLCK); }
int dver_unlock(int descriptor) { return set_lock(descriptor, F_UNLCK); }

int dver_terminal_columns(int descriptor) {
  struct winsize size;
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

int dver_terminal_rows(int descriptor) {
  struct winsize size;
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_row : 0;
}

int dver_readable_count(int descriptor) {
  int count;
  return ioctl(descriptor, FIONREAD, &count) == 0 ? count : -1;
}

int dver_punch_hole(int descriptor, int64_t offset, int64_t count) {
  return fallocate(descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, count);
}

int64_t dver_next_data(int descriptor, int64_t offset) {
  return lseek(descriptor, offset, SEEK_DATA);
}

int64_t dver_next_hole(int descriptor, int64_t offset) {
  return lseek(descriptor, offset, SEEK_HOLE);
}

int64_t dver_physical_memory(void) {
  return (int64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);
}

int dver_processor_count(void) {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 0;
}

void dver_limit_arenas(int count) { mallopt(M_ARENA_MAX, count); }

uint16_t dver_dirent_length(const void *record) {
  return ((const struct dirent64 *)record)->d_reclen;
}
uint8_t dver_dirent_type(const void *record) { return ((const struct dirent64 *)record)->d_type; }
const char *dver_dirent_name(const void *record) {
  return ((const struct dirent64 *)record)->d_name;
}

int64_t dver_file_system_magic(const char *path) {
  struct statfs status;
  return statfs(path, &status) == 0 ? (int64_t)(uint32_t)status.f_type : -1;
}

uint64_t dver_mount(const char *path) {
#ifdef STATX_MNT_ID
  struct statx status;
  if (statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_MNT_ID, &status) != 0) return 0;
  return status.stx_mask & STATX_MNT_ID ? status.stx_mnt_id : 0;
#else
  return 0;
#endif
}

int dver_spread_folders(int directory) {
  int flags;
  if (ioctl(directory, FS_IOC_GETFLAGS, &flags) != 0) return -1;
  flags |= FS_TOPDIR_FL;
  return ioctl(directory, FS_IOC_SETFLAGS, &flags);
}
