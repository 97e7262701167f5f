/* Makes the n-th file operation of a program fail, or kills the program there.
 *
 * Loaded with LD_PRELOAD. Operations that change the disk below DVER_FAULT_ROOT are counted from 1, by
 * the order in which they begin. The environment says what happens:
 *
 *   DVER_FAULT_ROOT    only files below this directory count (without it, nothing does)
 *   DVER_FAULT_ONLY    only a program of this name counts; its children of other names run untouched
 *   DVER_FAULT_MODE    write (default): what changes the disk; read: what reads it; both
 *   DVER_FAULT_LOG     a line "NUMBER NAME PATH" is appended for each counted operation
 *   DVER_FAULT_AT      the number of the operation that fails
 *   DVER_FAULT_ACTION  ENOSPC EIO EACCES EMFILE: that operation alone fails so
 *                      FULL: from it on, everything that needs space fails with ENOSPC
 *                      SHORT: a write stores half of its bytes, and then the disk is full as above
 *                      KILL, KILLAFTER: SIGKILL before or after the operation
 *
 * Functions that glibc calls inside itself (fflush, for one) do not pass through here; dver and
 * libgit2 use the plain calls below. Standard output and standard error never count. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>
#include <utime.h>

#include <linux/fs.h>

enum kind {
  CHANGE = 1, /* changes the disk, needs no space */
  GROW = 2,   /* changes the disk and may need space */
  READ = 4,
};

enum action { NONE, FAIL, FULL, SHORT, KILL, KILL_AFTER };

/* What the caller of `begin` has to do. */
enum verdict { PASS, REFUSE, HALF, DIE_AFTER };

static char root[PATH_MAX];
static size_t root_length;
static unsigned counted_kinds;
static enum action action;
static int failure;
static long fault_at;
static int log_descriptor = -1;
static atomic_long counter;
static atomic_bool disk_is_full;
static __thread bool inside;

typedef ssize_t (*readlink_function)(const char *, char *, size_t);
static readlink_function real_readlink;

/* The next definition of NAME, looked up once. */
#define REAL(NAME)                                    \
  ({                                                  \
    static __typeof__(&NAME) real;                    \
    if (!real) {                                      \
      real = (__typeof__(&NAME))dlsym(RTLD_NEXT, #NAME); \
    }                                                 \
    real;                                             \
  })

static void read_action(const char *name) {
  static const struct {
    const char *name;
    enum action action;
    int failure;
  } actions[] = {
    {"ENOSPC", FAIL, ENOSPC}, {"EIO", FAIL, EIO},         {"EACCES", FAIL, EACCES},
    {"EMFILE", FAIL, EMFILE}, {"FULL", FULL, ENOSPC},     {"SHORT", SHORT, ENOSPC},
    {"KILL", KILL, 0},        {"KILLAFTER", KILL_AFTER, 0},
  };
  for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
    if (strcmp(name, actions[i].name) == 0) {
      action = actions[i].action;
      failure = actions[i].failure;
      return;
    }
  }
  dprintf(2, "fault shim: unknown action %s\n", name);
  _exit(127);
}

__attribute__((constructor)) static void configure(void) {
  const char *only = getenv("DVER_FAULT_ONLY");
  const char *directory = getenv("DVER_FAULT_ROOT");
  const char *mode = getenv("DVER_FAULT_MODE");
  const char *at = getenv("DVER_FAULT_AT");
  const char *name = getenv("DVER_FAULT_ACTION");
  const char *log = getenv("DVER_FAULT_LOG");
  inside = true;
  real_readlink = (readlink_function)dlsym(RTLD_NEXT, "readlink");
  bool matches = !only || strcmp(only, program_invocation_short_name) == 0;
  if (matches && directory && realpath(directory, root)) {
    root_length = strlen(root);
    counted_kinds = !mode || strcmp(mode, "write") == 0 ? CHANGE | GROW
                    : strcmp(mode, "read") == 0         ? READ
                                                        : CHANGE | GROW | READ;
    fault_at = at ? atol(at) : 0;
    if (name) read_action(name);
    if (log) {
      int descriptor = REAL(open)(log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
      log_descriptor = REAL(fcntl)(descriptor, F_DUPFD_CLOEXEC, 600);
      REAL(close)(descriptor);
    }
  }
  inside = false;
}

static bool below_root(const char *path) {
  return strncmp(path, root, root_length) == 0 && (path[root_length] == '/' || !path[root_length]);
}

static bool descriptor_path(int descriptor, char *path) {
  char link[40];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = real_readlink(link, path, PATH_MAX - 1);
  if (length < 0) return false;
  path[length] = 0;
  return true;
}

/* The absolute spelling of `name` seen from `directory`; links are not resolved. */
static bool absolute_path(int directory, const char *name, char *path) {
  if (!name) return false;
  if (name[0] == '/') {
    snprintf(path, PATH_MAX, "%s", name);
    return true;
  }
  bool known = directory == AT_FDCWD ? getcwd(path, PATH_MAX) != NULL : descriptor_path(directory, path);
  if (!known) return false;
  size_t length = strlen(path);
  if (name[0]) snprintf(path + length, PATH_MAX - length, "/%s", name);
  return true;
}

_Noreturn static void die(void) {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

/* Counts an operation on `path`, and says what becomes of it. */
static enum verdict count(unsigned kind, const char *name, const char *path) {
  long number = atomic_fetch_add(&counter, 1) + 1;
  if (log_descriptor >= 0) {
    char line[PATH_MAX + 64];
    int length = snprintf(line, sizeof line, "%ld %s %s\n", number, name, path + root_length);
    REAL(write)(log_descriptor, line, (size_t)length);
  }
  if (atomic_load(&disk_is_full) && kind == GROW) {
    errno = ENOSPC;
    return REFUSE;
  }
  if (number != fault_at) return PASS;
  switch (action) {
  case NONE: return PASS;
  case SHORT: return kind == GROW ? HALF : PASS;
  case KILL: die();
  case KILL_AFTER: return DIE_AFTER;
  case FULL:
    atomic_store(&disk_is_full, true);
    if (kind != GROW) return PASS;
    break;
  case FAIL: break;
  }
  errno = failure;
  return REFUSE;
}

static enum verdict begin(unsigned kind, const char *name, int directory, const char *file) {
  if (!(counted_kinds & kind) || inside) return PASS;
  inside = true;
  int saved = errno;
  char path[PATH_MAX];
  enum verdict verdict = PASS;
  if (absolute_path(directory, file, path) && below_root(path)) {
    errno = saved;
    verdict = count(kind, name, path);
  } else {
    errno = saved;
  }
  inside = false;
  return verdict;
}

static enum verdict begin_descriptor(unsigned kind, const char *name, int descriptor) {
  if (descriptor == 1 || descriptor == 2) return PASS;
  return begin(kind, name, descriptor, "");
}

/* The first path decides, or else the second one. */
static enum verdict begin_pair(unsigned kind, const char *name, int from, const char *source, int to,
                               const char *target) {
  char path[PATH_MAX];
  bool first = counted_kinds && absolute_path(from, source, path) && below_root(path);
  return first ? begin(kind, name, from, source) : begin(kind, name, to, target);
}

/* An operation that cannot be halved is the last thing that fits on the disk. */
static void finish(enum verdict verdict) {
  if (verdict == DIE_AFTER) die();
  if (verdict == HALF) atomic_store(&disk_is_full, true);
}

#define PERFORM(TYPE, VERDICT, REFUSED, CALL) \
  do {                                        \
    enum verdict verdict_ = (VERDICT);        \
    if (verdict_ == REFUSE) return (REFUSED); \
    TYPE result_ = (CALL);                    \
    finish(verdict_);                         \
    return result_;                           \
  } while (0)

/* Opening */

static unsigned open_kind(int flags) {
  if (flags & (O_CREAT | O_TRUNC)) return GROW;
  if ((flags & O_TMPFILE) == O_TMPFILE) return GROW;
  return (flags & O_ACCMODE) == O_RDONLY ? READ : CHANGE;
}

static mode_t open_mode(int flags, va_list arguments) {
  bool creates = (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE;
  return creates ? va_arg(arguments, mode_t) : 0;
}

#define DEFINE_OPEN(NAME)                                                      \
  int NAME(const char *path, int flags, ...) {                                 \
    va_list arguments;                                                         \
    va_start(arguments, flags);                                                \
    mode_t mode = open_mode(flags, arguments);                                 \
    va_end(arguments);                                                         \
    PERFORM(int, begin(open_kind(flags), "open", AT_FDCWD, path), -1,          \
            REAL(NAME)(path, flags, mode));                                    \
  }
#define DEFINE_OPENAT(NAME)                                                    \
  int NAME(int directory, const char *path, int flags, ...) {                  \
    va_list arguments;                                                         \
    va_start(arguments, flags);                                                \
    mode_t mode = open_mode(flags, arguments);                                 \
    va_end(arguments);                                                         \
    PERFORM(int, begin(open_kind(flags), "open", directory, path), -1,         \
            REAL(NAME)(directory, path, flags, mode));                         \
  }
DEFINE_OPEN(open)
DEFINE_OPEN(open64)
DEFINE_OPENAT(openat)
DEFINE_OPENAT(openat64)

/* What open becomes where a caller was built with _FORTIFY_SOURCE. */
int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
int __openat_2(int directory, const char *path, int flags);
int __openat64_2(int directory, const char *path, int flags);
int __open_2(const char *path, int flags) {
  PERFORM(int, begin(open_kind(flags), "open", AT_FDCWD, path), -1, REAL(__open_2)(path, flags));
}
int __open64_2(const char *path, int flags) {
  PERFORM(int, begin(open_kind(flags), "open", AT_FDCWD, path), -1, REAL(__open64_2)(path, flags));
}
int __openat_2(int directory, const char *path, int flags) {
  PERFORM(int, begin(open_kind(flags), "open", directory, path), -1,
          REAL(__openat_2)(directory, path, flags));
}
int __openat64_2(int directory, const char *path, int flags) {
  PERFORM(int, begin(open_kind(flags), "open", directory, path), -1,
          REAL(__openat64_2)(directory, path, flags));
}

int creat(const char *path, mode_t mode) {
  PERFORM(int, begin(GROW, "open", AT_FDCWD, path), -1, REAL(creat)(path, mode));
}
int creat64(const char *path, mode_t mode) {
  PERFORM(int, begin(GROW, "open", AT_FDCWD, path), -1, REAL(creat64)(path, mode));
}
FILE *fopen(const char *path, const char *mode) {
  PERFORM(FILE *, begin(mode[0] == 'r' && !strchr(mode, '+') ? READ : GROW, "open", AT_FDCWD, path),
          NULL, REAL(fopen)(path, mode));
}
FILE *fopen64(const char *path, const char *mode) {
  PERFORM(FILE *, begin(mode[0] == 'r' && !strchr(mode, '+') ? READ : GROW, "open", AT_FDCWD, path),
          NULL, REAL(fopen64)(path, mode));
}
int mkstemp(char *path) {
  PERFORM(int, begin(GROW, "open", AT_FDCWD, path), -1, REAL(mkstemp)(path));
}
int mkstemp64(char *path) {
  PERFORM(int, begin(GROW, "open", AT_FDCWD, path), -1, REAL(mkstemp64)(path));
}
int mkostemp(char *path, int flags) {
  PERFORM(int, begin(GROW, "open", AT_FDCWD, path), -1, REAL(mkostemp)(path, flags));
}

/* A descriptor that was open for writing counts when it is closed, and is closed in any case. */
int close(int descriptor) {
  int flags = counted_kinds & CHANGE && !inside ? REAL(fcntl)(descriptor, F_GETFL) : -1;
  bool written = flags >= 0 && (flags & O_ACCMODE) != O_RDONLY && !(flags & O_PATH);
  enum verdict verdict = written ? begin_descriptor(CHANGE, "close", descriptor) : PASS;
  int saved = errno;
  int result = REAL(close)(descriptor);
  if (verdict == REFUSE) {
    errno = saved;
    return -1;
  }
  finish(verdict);
  return result;
}

/* Writing */

/* A copy may be asked for more than there is; half of it must still be short. */
static size_t half_of_copy(size_t size) { return size / 2 < 4096 ? size / 2 : 4096; }

#define DEFINE_WRITE(NAME, ARGUMENTS, WHOLE, PART)                             \
  ssize_t NAME ARGUMENTS {                                                     \
    enum verdict verdict = begin_descriptor(GROW, #NAME, descriptor);          \
    if (verdict == REFUSE) return -1;                                          \
    if (verdict == HALF) {                                                     \
      atomic_store(&disk_is_full, true);                                       \
      errno = ENOSPC;                                                          \
      return size > 1 ? REAL(NAME) PART : -1;                                  \
    }                                                                          \
    ssize_t result = REAL(NAME) WHOLE;                                         \
    finish(verdict);                                                           \
    return result;                                                             \
  }
DEFINE_WRITE(write, (int descriptor, const void *bytes, size_t size),
             (descriptor, bytes, size), (descriptor, bytes, size / 2))
DEFINE_WRITE(pwrite, (int descriptor, const void *bytes, size_t size, off_t offset),
             (descriptor, bytes, size, offset), (descriptor, bytes, size / 2, offset))
DEFINE_WRITE(pwrite64, (int descriptor, const void *bytes, size_t size, off64_t offset),
             (descriptor, bytes, size, offset), (descriptor, bytes, size / 2, offset))
DEFINE_WRITE(writev, (int descriptor, const struct iovec *vector, int size),
             (descriptor, vector, size), (descriptor, vector, size / 2))
DEFINE_WRITE(pwritev, (int descriptor, const struct iovec *vector, int size, off_t offset),
             (descriptor, vector, size, offset), (descriptor, vector, size / 2, offset))
DEFINE_WRITE(pwritev64, (int descriptor, const struct iovec *vector, int size, off64_t offset),
             (descriptor, vector, size, offset), (descriptor, vector, size / 2, offset))
DEFINE_WRITE(copy_file_range,
             (int source, off64_t *from, int descriptor, off64_t *to, size_t size, unsigned flags),
             (source, from, descriptor, to, size, flags),
             (source, from, descriptor, to, half_of_copy(size), flags))
DEFINE_WRITE(sendfile, (int descriptor, int source, off_t *from, size_t size),
             (descriptor, source, from, size), (descriptor, source, from, half_of_copy(size)))
DEFINE_WRITE(sendfile64, (int descriptor, int source, off64_t *from, size_t size),
             (descriptor, source, from, size), (descriptor, source, from, half_of_copy(size)))

#define DEFINE_DESCRIPTOR_CALL(KIND, NAME, PARAMETERS, VALUES)                 \
  int NAME PARAMETERS {                                                        \
    PERFORM(int, begin_descriptor(KIND, #NAME, descriptor), -1, REAL(NAME) VALUES); \
  }
DEFINE_DESCRIPTOR_CALL(CHANGE, fsync, (int descriptor), (descriptor))
DEFINE_DESCRIPTOR_CALL(CHANGE, fdatasync, (int descriptor), (descriptor))
DEFINE_DESCRIPTOR_CALL(CHANGE, syncfs, (int descriptor), (descriptor))
DEFINE_DESCRIPTOR_CALL(CHANGE, sync_file_range,
                       (int descriptor, off64_t offset, off64_t size, unsigned flags),
                       (descriptor, offset, size, flags))
DEFINE_DESCRIPTOR_CALL(GROW, ftruncate, (int descriptor, off_t size), (descriptor, size))
DEFINE_DESCRIPTOR_CALL(GROW, ftruncate64, (int descriptor, off64_t size), (descriptor, size))
DEFINE_DESCRIPTOR_CALL(GROW, fallocate, (int descriptor, int mode, off_t offset, off_t size),
                       (descriptor, mode, offset, size))
DEFINE_DESCRIPTOR_CALL(GROW, fallocate64, (int descriptor, int mode, off64_t offset, off64_t size),
                       (descriptor, mode, offset, size))
DEFINE_DESCRIPTOR_CALL(CHANGE, fchmod, (int descriptor, mode_t mode), (descriptor, mode))
DEFINE_DESCRIPTOR_CALL(CHANGE, futimens, (int descriptor, const struct timespec times[2]),
                       (descriptor, times))
DEFINE_DESCRIPTOR_CALL(CHANGE, futimes, (int descriptor, const struct timeval times[2]),
                       (descriptor, times))

/* These two return the error's number. */
int posix_fallocate(int descriptor, off_t offset, off_t size) {
  PERFORM(int, begin_descriptor(GROW, "posix_fallocate", descriptor), errno,
          REAL(posix_fallocate)(descriptor, offset, size));
}
int posix_fallocate64(int descriptor, off64_t offset, off64_t size) {
  PERFORM(int, begin_descriptor(GROW, "posix_fallocate", descriptor), errno,
          REAL(posix_fallocate64)(descriptor, offset, size));
}

/* Every request has one argument of the size of a pointer, or none. */
int ioctl(int descriptor, unsigned long request, ...) {
  va_list arguments;
  va_start(arguments, request);
  void *argument = va_arg(arguments, void *);
  va_end(arguments);
  bool clones = request == FICLONE || request == FICLONERANGE;
  PERFORM(int, clones ? begin_descriptor(GROW, "clone", descriptor) : PASS, -1,
          REAL(ioctl)(descriptor, request, argument));
}

/* Names */

#define DEFINE_PATH_CALL(KIND, NAME, LABEL, PARAMETERS, VALUES)                \
  int NAME PARAMETERS {                                                        \
    PERFORM(int, begin(KIND, LABEL, AT_FDCWD, path), -1, REAL(NAME) VALUES);   \
  }
#define DEFINE_PATH_CALL_AT(KIND, NAME, LABEL, PARAMETERS, VALUES)             \
  int NAME PARAMETERS {                                                        \
    PERFORM(int, begin(KIND, LABEL, directory, path), -1, REAL(NAME) VALUES);  \
  }
DEFINE_PATH_CALL(CHANGE, unlink, "unlink", (const char *path), (path))
DEFINE_PATH_CALL(CHANGE, remove, "unlink", (const char *path), (path))
DEFINE_PATH_CALL(CHANGE, rmdir, "rmdir", (const char *path), (path))
DEFINE_PATH_CALL(GROW, mkdir, "mkdir", (const char *path, mode_t mode), (path, mode))
DEFINE_PATH_CALL(GROW, symlink, "symlink", (const char *target, const char *path), (target, path))
DEFINE_PATH_CALL(GROW, truncate, "truncate", (const char *path, off_t size), (path, size))
DEFINE_PATH_CALL(GROW, truncate64, "truncate", (const char *path, off64_t size), (path, size))
DEFINE_PATH_CALL(CHANGE, chmod, "chmod", (const char *path, mode_t mode), (path, mode))
DEFINE_PATH_CALL(CHANGE, utimes, "utimes", (const char *path, const struct timeval times[2]),
                 (path, times))
DEFINE_PATH_CALL(CHANGE, utime, "utimes", (const char *path, const struct utimbuf *times),
                 (path, times))
DEFINE_PATH_CALL_AT(CHANGE, unlinkat, "unlink", (int directory, const char *path, int flags),
                    (directory, path, flags))
DEFINE_PATH_CALL_AT(GROW, mkdirat, "mkdir", (int directory, const char *path, mode_t mode),
                    (directory, path, mode))
DEFINE_PATH_CALL_AT(GROW, symlinkat, "symlink",
                    (const char *target, int directory, const char *path),
                    (target, directory, path))
DEFINE_PATH_CALL_AT(CHANGE, fchmodat, "chmod",
                    (int directory, const char *path, mode_t mode, int flags),
                    (directory, path, mode, flags))

int utimensat(int directory, const char *path, const struct timespec times[2], int flags) {
  PERFORM(int, begin(CHANGE, "utimensat", directory, path), -1,
          REAL(utimensat)(directory, path, times, flags));
}

#define DEFINE_PAIR_CALL(KIND, NAME, LABEL, PARAMETERS, FROM, TO, VALUES)      \
  int NAME PARAMETERS {                                                        \
    PERFORM(int, begin_pair(KIND, LABEL, FROM, source, TO, target), -1, REAL(NAME) VALUES); \
  }
DEFINE_PAIR_CALL(CHANGE, rename, "rename", (const char *source, const char *target), AT_FDCWD,
                 AT_FDCWD, (source, target))
DEFINE_PAIR_CALL(CHANGE, renameat, "rename",
                 (int from, const char *source, int to, const char *target), from, to,
                 (from, source, to, target))
DEFINE_PAIR_CALL(CHANGE, renameat2, "rename",
                 (int from, const char *source, int to, const char *target, unsigned flags), from,
                 to, (from, source, to, target, flags))
DEFINE_PAIR_CALL(GROW, link, "link", (const char *source, const char *target), AT_FDCWD, AT_FDCWD,
                 (source, target))
DEFINE_PAIR_CALL(GROW, linkat, "link",
                 (int from, const char *source, int to, const char *target, int flags), from, to,
                 (from, source, to, target, flags))

/* Reading */

#define DEFINE_READ(NAME, PARAMETERS, VALUES)                                  \
  ssize_t NAME PARAMETERS {                                                    \
    PERFORM(ssize_t, begin_descriptor(READ, #NAME, descriptor), -1, REAL(NAME) VALUES); \
  }
DEFINE_READ(read, (int descriptor, void *bytes, size_t size), (descriptor, bytes, size))
DEFINE_READ(pread, (int descriptor, void *bytes, size_t size, off_t offset),
            (descriptor, bytes, size, offset))
DEFINE_READ(pread64, (int descriptor, void *bytes, size_t size, off64_t offset),
            (descriptor, bytes, size, offset))
DEFINE_READ(readv, (int descriptor, const struct iovec *vector, int size),
            (descriptor, vector, size))
DEFINE_READ(preadv, (int descriptor, const struct iovec *vector, int size, off_t offset),
            (descriptor, vector, size, offset))

DIR *opendir(const char *path) {
  PERFORM(DIR *, begin(READ, "opendir", AT_FDCWD, path), NULL, REAL(opendir)(path));
}
struct dirent *readdir(DIR *directory) {
  PERFORM(struct dirent *, begin_descriptor(READ, "readdir", dirfd(directory)), NULL,
          REAL(readdir)(directory));
}
struct dirent64 *readdir64(DIR *directory) {
  PERFORM(struct dirent64 *, begin_descriptor(READ, "readdir", dirfd(directory)), NULL,
          REAL(readdir64)(directory));
}

DEFINE_PATH_CALL(READ, stat, "stat", (const char *path, struct stat *status), (path, status))
DEFINE_PATH_CALL(READ, stat64, "stat", (const char *path, struct stat64 *status), (path, status))
DEFINE_PATH_CALL(READ, lstat, "stat", (const char *path, struct stat *status), (path, status))
DEFINE_PATH_CALL(READ, lstat64, "stat", (const char *path, struct stat64 *status), (path, status))
DEFINE_PATH_CALL_AT(READ, fstatat, "stat",
                    (int directory, const char *path, struct stat *status, int flags),
                    (directory, path, status, flags))
DEFINE_PATH_CALL_AT(READ, fstatat64, "stat",
                    (int directory, const char *path, struct stat64 *status, int flags),
                    (directory, path, status, flags))
DEFINE_PATH_CALL_AT(READ, statx, "stat",
                    (int directory, const char *path, int flags, unsigned mask,
                     struct statx *status),
                    (directory, path, flags, mask, status))
DEFINE_DESCRIPTOR_CALL(READ, fstat, (int descriptor, struct stat *status), (descriptor, status))
DEFINE_DESCRIPTOR_CALL(READ, fstat64, (int descriptor, struct stat64 *status),
                       (descriptor, status))

ssize_t readlink(const char *path, char *target, size_t size) {
  PERFORM(ssize_t, begin(READ, "readlink", AT_FDCWD, path), -1, REAL(readlink)(path, target, size));
}
ssize_t readlinkat(int directory, const char *path, char *target, size_t size) {
  PERFORM(ssize_t, begin(READ, "readlink", directory, path), -1,
          REAL(readlinkat)(directory, path, target, size));
}

/* Calls made by number: those that glibc has, or had, no function for. */
static enum verdict begin_numbered(long number, const long *values) {
  switch (number) {
  case SYS_getdents64: return begin_descriptor(READ, "getdents", (int)values[0]);
  case SYS_renameat2:
    return begin_pair(CHANGE, "rename", (int)values[0], (const char *)values[1], (int)values[2],
                      (const char *)values[3]);
  case SYS_copy_file_range: return begin_descriptor(GROW, "copy_file_range", (int)values[2]);
  default: return PASS;
  }
}

long syscall(long number, ...) {
  long values[6];
  va_list arguments;
  va_start(arguments, number);
  for (int i = 0; i < 6; i++) values[i] = va_arg(arguments, long);
  va_end(arguments);
  PERFORM(long, begin_numbered(number, values), -1,
          REAL(syscall)(number, values[0], values[1], values[2], values[3], values[4], values[5]));
}
