/* Records every change that a program and its children make to a file system, and pretends that the
 * machine was restarted.
 *
 * Loaded with LD_PRELOAD. The environment says what happens:
 *
 *   DVER_RECORD_LOG      each operation that changes the disk is appended as a `struct record`, with
 *                        its names and data behind it; one lock over all threads and processes is held
 *                        around operation and record, so the log has the order of the operations
 *   DVER_RECORD_ROOT     only files on the file system of this directory count
 *   DVER_RECORD_DURABLE  if set, what this program does counts as being on stable storage at once
 *   DVER_BOOT_ID         the file that is opened in place of the kernel's boot_id
 *   DVER_STAT_TABLE      what stat says of files: `struct disguise` sorted by inode; a file keeps its
 *                        time of change until it changes
 *
 * Files are named by inode, names by the inode of their directory: whoever reads the log need not
 * resolve paths. What stdio writes inside glibc is taken down as a whole when the stream is closed. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>
#include <utime.h>

#include <linux/fs.h>

enum kind {
  CREATE = 1, LINK, RENAME, UNLINK, WRITE, TRUNCATE, ATTRIBUTES, SYNC, SYNC_ALL, CONTENT
};

struct stamp {
  uint64_t inode;
  int64_t modified, changed;
};

struct record {
  uint32_t kind, durable;
  uint32_t name_length, other_length;
  uint64_t data_length;
  int64_t offset; /* of a write; the size for truncate; flags of a rename */
  uint32_t mode, unused;
  struct stamp file, directory, other;
};

struct disguise {
  uint64_t inode, shown_inode;
  int64_t changed, shown_changed;
};

static dev_t device;
static int log_descriptor = -1;
static const char *log_path, *boot_path;
static bool durable;
static const struct disguise *table;
static size_t table_count;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static __thread bool inside;

#define REAL(NAME)                                       \
  ({                                                     \
    static __typeof__(&NAME) real;                       \
    if (!real) {                                         \
      real = (__typeof__(&NAME))dlsym(RTLD_NEXT, #NAME); \
    }                                                    \
    real;                                                \
  })

static void open_log(void) {
  int descriptor = REAL(open)(log_path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  log_descriptor = REAL(fcntl)(descriptor, F_DUPFD_CLOEXEC, 600);
  REAL(close)(descriptor);
}

/* A lock that is inherited would not keep the child out. */
static void before_fork(void) { pthread_mutex_lock(&mutex); }
static void after_fork(void) { pthread_mutex_unlock(&mutex); }
static void in_child(void) {
  pthread_mutex_unlock(&mutex);
  if (log_path) {
    REAL(close)(log_descriptor);
    open_log();
  }
}

static void open_table(const char *path) {
  struct stat status;
  int descriptor = REAL(open)(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return;
  if (REAL(fstat)(descriptor, &status) == 0 && status.st_size > 0) {
    void *bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (bytes != MAP_FAILED) {
      table = bytes;
      table_count = (size_t)status.st_size / sizeof *table;
    }
  }
  REAL(close)(descriptor);
}

__attribute__((constructor)) static void configure(void) {
  const char *root = getenv("DVER_RECORD_ROOT");
  const char *stats = getenv("DVER_STAT_TABLE");
  struct stat status;
  inside = true;
  boot_path = getenv("DVER_BOOT_ID");
  durable = getenv("DVER_RECORD_DURABLE") != NULL;
  if (root && REAL(stat)(root, &status) == 0) {
    device = status.st_dev;
    log_path = getenv("DVER_RECORD_LOG");
    if (log_path) {
      open_log();
      pthread_atfork(before_fork, after_fork, in_child);
    }
    if (stats) open_table(stats);
  }
  inside = false;
}

/* The lock around an operation and its record. */
static bool begin(void) {
  if (!log_path || inside) return false;
  inside = true;
  int saved = errno;
  pthread_mutex_lock(&mutex);
  while (flock(log_descriptor, LOCK_EX) != 0 && errno == EINTR) continue;
  errno = saved;
  return true;
}

static void end(void) {
  int saved = errno;
  flock(log_descriptor, LOCK_UN);
  pthread_mutex_unlock(&mutex);
  inside = false;
  errno = saved;
}

/* Taking down; under the lock */

static void put(const void *bytes, size_t size) {
  const char *rest = bytes;
  while (size > 0) {
    ssize_t count = REAL(write)(log_descriptor, rest, size);
    if (count < 0) {
      if (errno == EINTR) continue;
      dprintf(2, "record shim: the log cannot be written\n");
      abort();
    }
    rest += count;
    size -= (size_t)count;
  }
}

static void emit(struct record *record, const char *name, const char *other, const void *data) {
  record->durable = durable;
  record->name_length = name ? (uint32_t)strlen(name) : 0;
  record->other_length = other ? (uint32_t)strlen(other) : 0;
  put(record, sizeof *record);
  put(name, record->name_length);
  put(other, record->other_length);
  put(data, record->data_length);
}

static int64_t nanoseconds(struct timespec time) {
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static struct stamp stamp_of(const struct stat *status) {
  return (struct stamp){
    status->st_ino, nanoseconds(status->st_mtim), nanoseconds(status->st_ctim)};
}

/* Fills in what the file is now; false where it is none of ours. */
static bool describe(struct record *record, int descriptor) {
  struct stat status;
  if (REAL(fstat)(descriptor, &status) != 0 || status.st_dev != device) return false;
  record->file = stamp_of(&status);
  record->mode = status.st_mode;
  return true;
}

static bool describe_name(struct record *record, int directory, const char *path, int flags) {
  struct stat status;
  if (REAL(fstatat)(directory, path, &status, flags) != 0 || status.st_dev != device) return false;
  record->file = stamp_of(&status);
  record->mode = status.st_mode;
  return true;
}

/* The directory that holds `path`; and the last component. */
static const char *place(struct stamp *stamp, int directory, const char *path) {
  static char parent[PATH_MAX], names[2][NAME_MAX + 1];
  static int turn;
  char *name = names[turn ^= 1];
  size_t length = strlen(path);
  while (length > 1 && path[length - 1] == '/') length--;
  size_t slash = length;
  while (slash > 0 && path[slash - 1] != '/') slash--;
  snprintf(name, NAME_MAX + 1, "%.*s", (int)(length - slash), path + slash);
  snprintf(parent, sizeof parent, "%.*s", slash ? (int)slash : 1, slash ? path : ".");
  struct stat status;
  *stamp = (struct stamp){0, 0, 0};
  if (REAL(fstatat)(directory, parent, &status, 0) == 0) *stamp = stamp_of(&status);
  return name;
}

static void note_name(enum kind kind, int directory, const char *path, const char *target) {
  struct record record = {.kind = kind};
  if (!describe_name(&record, directory, path, AT_SYMLINK_NOFOLLOW)) return;
  const char *name = place(&record.directory, directory, path);
  record.data_length = target ? strlen(target) : 0;
  emit(&record, name, NULL, target);
}

static void note_descriptor(enum kind kind, int descriptor, int64_t offset) {
  struct record record = {.kind = kind, .offset = offset};
  if (describe(&record, descriptor)) emit(&record, NULL, NULL, NULL);
}

/* Reads back what the file holds, from `offset`; whoever wrote it may not be able to read it. */
static void note_bytes(enum kind kind, int descriptor, int64_t offset, size_t size) {
  struct record record = {.kind = kind, .offset = offset};
  char path[40];
  if (!describe(&record, descriptor) || !S_ISREG(record.mode)) return;
  snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
  int reader = REAL(open)(path, O_RDONLY | O_CLOEXEC);
  char *bytes = malloc(size + 1);
  if (reader < 0 || !bytes) {
    dprintf(2, "record shim: what was written cannot be read\n");
    abort();
  }
  size_t filled = 0;
  while (filled < size) {
    ssize_t count = REAL(pread)(reader, bytes + filled, size - filled, offset + (off_t)filled);
    if (count <= 0) break;
    filled += (size_t)count;
  }
  REAL(close)(reader);
  record.data_length = filled;
  emit(&record, NULL, NULL, bytes);
  free(bytes);
}

/* Opening */

static const char *redirected(const char *path) {
  bool is_boot = boot_path && path && strcmp(path, "/proc/sys/kernel/random/boot_id") == 0;
  return is_boot ? boot_path : path;
}

static bool makes_unnamed(int flags) { return (flags & O_TMPFILE) == O_TMPFILE; }

static int open_recorded(int directory, const char *path, int flags, mode_t mode) {
  struct stat before;
  bool unnamed = makes_unnamed(flags);
  path = redirected(path);
  // Opening a pipe may wait for the other end.
  bool exists = REAL(fstatat)(directory, path, &before, 0) == 0;
  bool counts = unnamed || (flags & O_TRUNC) || ((flags & O_CREAT) && !exists);
  if (!counts || (exists && !unnamed && !S_ISREG(before.st_mode)) || !begin()) {
    return REAL(openat)(directory, path, flags, mode);
  }
  exists = REAL(fstatat)(directory, path, &before, 0) == 0;
  int descriptor = REAL(openat)(directory, path, flags, mode);
  int saved = errno;
  if (descriptor >= 0) {
    if (unnamed) note_descriptor(CREATE, descriptor, 0);
    else if (!exists) note_name(CREATE, directory, path, NULL);
    else if ((flags & O_TRUNC) && before.st_size > 0) note_descriptor(TRUNCATE, descriptor, 0);
  }
  errno = saved;
  end();
  return descriptor;
}

static mode_t open_mode(int flags, va_list arguments) {
  return (flags & O_CREAT) || makes_unnamed(flags) ? va_arg(arguments, mode_t) : 0;
}

#define DEFINE_OPEN(NAME)                                  \
  int NAME(const char *path, int flags, ...) {             \
    va_list arguments;                                     \
    va_start(arguments, flags);                            \
    mode_t mode = open_mode(flags, arguments);             \
    va_end(arguments);                                     \
    return open_recorded(AT_FDCWD, path, flags, mode);     \
  }
#define DEFINE_OPENAT(NAME)                                \
  int NAME(int directory, const char *path, int flags, ...) { \
    va_list arguments;                                     \
    va_start(arguments, flags);                            \
    mode_t mode = open_mode(flags, arguments);             \
    va_end(arguments);                                     \
    return open_recorded(directory, path, flags, mode);    \
  }
DEFINE_OPEN(open)
DEFINE_OPEN(open64)
DEFINE_OPENAT(openat)
DEFINE_OPENAT(openat64)
int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
int __openat_2(int directory, const char *path, int flags);
int __openat64_2(int directory, const char *path, int flags);
int __open_2(const char *path, int flags) { return open_recorded(AT_FDCWD, path, flags, 0); }
int __open64_2(const char *path, int flags) { return open_recorded(AT_FDCWD, path, flags, 0); }
int __openat_2(int directory, const char *path, int flags) {
  return open_recorded(directory, path, flags, 0);
}
int __openat64_2(int directory, const char *path, int flags) {
  return open_recorded(directory, path, flags, 0);
}
int creat(const char *path, mode_t mode) {
  return open_recorded(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}
int creat64(const char *path, mode_t mode) { return creat(path, mode); }

#define DEFINE_MKSTEMP(NAME, PARAMETERS, VALUES)                    \
  int NAME PARAMETERS {                                             \
    bool recorded = begin();                                        \
    int descriptor = REAL(NAME) VALUES;                             \
    if (recorded && descriptor >= 0) note_name(CREATE, AT_FDCWD, path, NULL); \
    if (recorded) end();                                            \
    return descriptor;                                              \
  }
DEFINE_MKSTEMP(mkstemp, (char *path), (path))
DEFINE_MKSTEMP(mkstemp64, (char *path), (path))
DEFINE_MKSTEMP(mkostemp, (char *path, int flags), (path, flags))
DEFINE_MKSTEMP(mkostemp64, (char *path, int flags), (path, flags))

char *mkdtemp(char *path) {
  bool recorded = begin();
  char *result = REAL(mkdtemp)(path);
  if (recorded && result) note_name(CREATE, AT_FDCWD, path, NULL);
  if (recorded) end();
  return result;
}

static FILE *stream_opened(const char *path, const char *mode) {
  int flags = mode[0] == 'w' ? O_CREAT | O_TRUNC | O_WRONLY
              : mode[0] == 'a' ? O_CREAT | O_WRONLY
                               : -1;
  path = redirected(path);
  if (flags >= 0 && log_path && !inside) {
    int descriptor = open_recorded(AT_FDCWD, path, flags, 0666);
    if (descriptor < 0) return NULL;
    REAL(close)(descriptor);
  }
  return REAL(fopen)(path, mode);
}
FILE *fopen(const char *path, const char *mode) { return stream_opened(path, mode); }
FILE *fopen64(const char *path, const char *mode) { return stream_opened(path, mode); }

int fclose(FILE *stream) {
  int flags = log_path && !inside ? REAL(fcntl)(fileno(stream), F_GETFL) : -1;
  struct stat status;
  bool counts = flags >= 0 && (flags & O_ACCMODE) != O_RDONLY &&
                REAL(fstat)(fileno(stream), &status) == 0 && S_ISREG(status.st_mode);
  if (counts && begin()) {
    fflush(stream);
    if (REAL(fstat)(fileno(stream), &status) == 0) {
      note_bytes(CONTENT, fileno(stream), 0, (size_t)status.st_size);
    }
    end();
  }
  return REAL(fclose)(stream);
}

/* Writing */

static bool begin_writing(int descriptor) {
  struct stat status;
  if (!log_path || inside || REAL(fstat)(descriptor, &status) != 0) return false;
  return S_ISREG(status.st_mode) && status.st_dev == device && begin();
}

/* `COUNT` bytes were written; OFFSET is where, or else the position tells. */
#define DEFINE_WRITE(NAME, PARAMETERS, VALUES, OFFSET)                       \
  ssize_t NAME PARAMETERS {                                                  \
    bool recorded = begin_writing(descriptor);                               \
    ssize_t count = REAL(NAME) VALUES;                                       \
    int saved = errno;                                                       \
    if (recorded && count > 0) note_bytes(WRITE, descriptor, OFFSET, (size_t)count); \
    errno = saved;                                                           \
    if (recorded) end();                                                     \
    return count;                                                            \
  }
#define POSITION lseek(descriptor, 0, SEEK_CUR) - count
DEFINE_WRITE(write, (int descriptor, const void *bytes, size_t size), (descriptor, bytes, size),
             POSITION)
DEFINE_WRITE(pwrite, (int descriptor, const void *bytes, size_t size, off_t offset),
             (descriptor, bytes, size, offset), offset)
DEFINE_WRITE(pwrite64, (int descriptor, const void *bytes, size_t size, off64_t offset),
             (descriptor, bytes, size, offset), offset)
DEFINE_WRITE(writev, (int descriptor, const struct iovec *vector, int size),
             (descriptor, vector, size), POSITION)
DEFINE_WRITE(pwritev, (int descriptor, const struct iovec *vector, int size, off_t offset),
             (descriptor, vector, size, offset), offset)
DEFINE_WRITE(pwritev64, (int descriptor, const struct iovec *vector, int size, off64_t offset),
             (descriptor, vector, size, offset), offset)
DEFINE_WRITE(copy_file_range,
             (int source, off64_t *from, int descriptor, off64_t *to, size_t size, unsigned flags),
             (source, from, descriptor, to, size, flags), to ? *to - count : POSITION)
DEFINE_WRITE(sendfile, (int descriptor, int source, off_t *from, size_t size),
             (descriptor, source, from, size), POSITION)
DEFINE_WRITE(sendfile64, (int descriptor, int source, off64_t *from, size_t size),
             (descriptor, source, from, size), POSITION)

#define DEFINE_DESCRIPTOR_CALL(KIND, NAME, PARAMETERS, VALUES, OFFSET)       \
  int NAME PARAMETERS {                                                      \
    bool recorded = begin();                                                 \
    int result = REAL(NAME) VALUES;                                          \
    int saved = errno;                                                       \
    if (recorded && result == 0) note_descriptor(KIND, descriptor, OFFSET);  \
    errno = saved;                                                           \
    if (recorded) end();                                                     \
    return result;                                                           \
  }
DEFINE_DESCRIPTOR_CALL(SYNC, fsync, (int descriptor), (descriptor), 0)
DEFINE_DESCRIPTOR_CALL(SYNC, fdatasync, (int descriptor), (descriptor), 0)
DEFINE_DESCRIPTOR_CALL(SYNC_ALL, syncfs, (int descriptor), (descriptor), 0)
DEFINE_DESCRIPTOR_CALL(TRUNCATE, ftruncate, (int descriptor, off_t size), (descriptor, size), size)
DEFINE_DESCRIPTOR_CALL(TRUNCATE, ftruncate64, (int descriptor, off64_t size), (descriptor, size),
                       size)
DEFINE_DESCRIPTOR_CALL(ATTRIBUTES, fchmod, (int descriptor, mode_t mode), (descriptor, mode), 0)
DEFINE_DESCRIPTOR_CALL(ATTRIBUTES, futimens, (int descriptor, const struct timespec times[2]),
                       (descriptor, times), 0)
DEFINE_DESCRIPTOR_CALL(ATTRIBUTES, futimes, (int descriptor, const struct timeval times[2]),
                       (descriptor, times), 0)

static int note_allocation(int descriptor, int result) {
  struct stat status;
  if (result == 0 && REAL(fstat)(descriptor, &status) == 0) {
    note_descriptor(TRUNCATE, descriptor, status.st_size);
  }
  return result;
}
#define DEFINE_ALLOCATION(NAME, PARAMETERS, VALUES)                          \
  int NAME PARAMETERS {                                                      \
    bool recorded = begin();                                                 \
    int result = REAL(NAME) VALUES;                                          \
    int saved = errno;                                                       \
    if (recorded) note_allocation(descriptor, result);                       \
    errno = saved;                                                           \
    if (recorded) end();                                                     \
    return result;                                                           \
  }
DEFINE_ALLOCATION(posix_fallocate, (int descriptor, off_t offset, off_t size),
                  (descriptor, offset, size))
DEFINE_ALLOCATION(posix_fallocate64, (int descriptor, off64_t offset, off64_t size),
                  (descriptor, offset, size))
DEFINE_ALLOCATION(fallocate, (int descriptor, int mode, off_t offset, off_t size),
                  (descriptor, mode, offset, size))
DEFINE_ALLOCATION(fallocate64, (int descriptor, int mode, off64_t offset, off64_t size),
                  (descriptor, mode, offset, size))

int ioctl(int descriptor, unsigned long request, ...) {
  va_list arguments;
  va_start(arguments, request);
  void *argument = va_arg(arguments, void *);
  va_end(arguments);
  bool clones = request == FICLONE || request == FICLONERANGE;
  bool recorded = clones && begin_writing(descriptor);
  int result = REAL(ioctl)(descriptor, request, argument);
  int saved = errno;
  struct stat status;
  if (recorded && result == 0 && REAL(fstat)(descriptor, &status) == 0) {
    note_bytes(CONTENT, descriptor, 0, (size_t)status.st_size);
  }
  errno = saved;
  if (recorded) end();
  return result;
}

/* Names */

#define DEFINE_MAKING(NAME, KIND, PARAMETERS, VALUES, DIRECTORY, TARGET)     \
  int NAME PARAMETERS {                                                      \
    bool recorded = begin();                                                 \
    int result = REAL(NAME) VALUES;                                          \
    int saved = errno;                                                       \
    if (recorded && result == 0) note_name(KIND, DIRECTORY, path, TARGET);   \
    errno = saved;                                                           \
    if (recorded) end();                                                     \
    return result;                                                           \
  }
DEFINE_MAKING(mkdir, CREATE, (const char *path, mode_t mode), (path, mode), AT_FDCWD, NULL)
DEFINE_MAKING(mkdirat, CREATE, (int directory, const char *path, mode_t mode),
              (directory, path, mode), directory, NULL)
DEFINE_MAKING(symlink, CREATE, (const char *target, const char *path), (target, path), AT_FDCWD,
              target)
DEFINE_MAKING(symlinkat, CREATE, (const char *target, int directory, const char *path),
              (target, directory, path), directory, target)
DEFINE_MAKING(link, LINK, (const char *source, const char *path), (source, path), AT_FDCWD, NULL)
DEFINE_MAKING(linkat, LINK,
              (int from, const char *source, int directory, const char *path, int flags),
              (from, source, directory, path, flags), directory, NULL)

#define DEFINE_CHANGING(NAME, KIND, PARAMETERS, VALUES, DIRECTORY, FLAGS, OFFSET) \
  int NAME PARAMETERS {                                                      \
    bool recorded = begin();                                                 \
    int result = REAL(NAME) VALUES;                                          \
    int saved = errno;                                                       \
    struct record record = {.kind = KIND, .offset = OFFSET};                 \
    if (recorded && result == 0 && describe_name(&record, DIRECTORY, path, FLAGS)) { \
      emit(&record, NULL, NULL, NULL);                                       \
    }                                                                        \
    errno = saved;                                                           \
    if (recorded) end();                                                     \
    return result;                                                           \
  }
DEFINE_CHANGING(chmod, ATTRIBUTES, (const char *path, mode_t mode), (path, mode), AT_FDCWD, 0, 0)
DEFINE_CHANGING(fchmodat, ATTRIBUTES, (int directory, const char *path, mode_t mode, int flags),
                (directory, path, mode, flags), directory, 0, 0)
DEFINE_CHANGING(utimes, ATTRIBUTES, (const char *path, const struct timeval times[2]),
                (path, times), AT_FDCWD, 0, 0)
DEFINE_CHANGING(utime, ATTRIBUTES, (const char *path, const struct utimbuf *times), (path, times),
                AT_FDCWD, 0, 0)
DEFINE_CHANGING(truncate, TRUNCATE, (const char *path, off_t size), (path, size), AT_FDCWD, 0, size)
DEFINE_CHANGING(truncate64, TRUNCATE, (const char *path, off64_t size), (path, size), AT_FDCWD, 0,
                size)

int utimensat(int directory, const char *path, const struct timespec times[2], int flags) {
  bool recorded = begin();
  int result = REAL(utimensat)(directory, path, times, flags);
  int saved = errno;
  struct record record = {.kind = ATTRIBUTES};
  if (recorded && result == 0 && describe_name(&record, directory, path, flags)) {
    emit(&record, NULL, NULL, NULL);
  }
  errno = saved;
  if (recorded) end();
  return result;
}

/* Removes one name with `call`, which `flags` tells to remove a directory. */
static int removed(int directory, const char *path, int flags) {
  struct record record = {.kind = UNLINK};
  bool recorded = begin();
  bool ours = recorded && describe_name(&record, directory, path, AT_SYMLINK_NOFOLLOW);
  int result = REAL(unlinkat)(directory, path, flags);
  int saved = errno;
  if (ours && result == 0) {
    const char *name = place(&record.directory, directory, path);
    emit(&record, name, NULL, NULL);
  }
  errno = saved;
  if (recorded) end();
  return result;
}
int unlinkat(int directory, const char *path, int flags) { return removed(directory, path, flags); }
int unlink(const char *path) { return removed(AT_FDCWD, path, 0); }
int rmdir(const char *path) { return removed(AT_FDCWD, path, AT_REMOVEDIR); }
int remove(const char *path) {
  int result = unlink(path);
  return result == 0 || errno != EISDIR ? result : rmdir(path);
}

static int renamed(int from, const char *source, int to, const char *target, unsigned flags) {
  struct record record = {.kind = RENAME, .offset = flags};
  bool recorded = begin();
  int result = (int)REAL(syscall)(SYS_renameat2, from, source, to, target, flags);
  int saved = errno;
  if (recorded && result == 0 && describe_name(&record, to, target, AT_SYMLINK_NOFOLLOW)) {
    const char *name = place(&record.directory, from, source);
    const char *other = place(&record.other, to, target);
    emit(&record, name, other, NULL);
  }
  errno = saved;
  if (recorded) end();
  return result;
}
int renameat2(int from, const char *source, int to, const char *target, unsigned flags) {
  return renamed(from, source, to, target, flags);
}
int renameat(int from, const char *source, int to, const char *target) {
  return renamed(from, source, to, target, 0);
}
int rename(const char *source, const char *target) {
  return renamed(AT_FDCWD, source, AT_FDCWD, target, 0);
}

/* Calls made by number. */
long syscall(long number, ...) {
  long values[6];
  va_list arguments;
  va_start(arguments, number);
  for (int i = 0; i < 6; i++) values[i] = va_arg(arguments, long);
  va_end(arguments);
  switch (number) {
  case SYS_renameat2:
    return renamed((int)values[0], (const char *)values[1], (int)values[2],
                   (const char *)values[3], (unsigned)values[4]);
  case SYS_copy_file_range:
    return copy_file_range((int)values[0], (off64_t *)values[1], (int)values[2],
                           (off64_t *)values[3], (size_t)values[4], (unsigned)values[5]);
  default:
    return REAL(syscall)(number, values[0], values[1], values[2], values[3], values[4], values[5]);
  }
}

/* What stat says */

static const struct disguise *disguise_of(uint64_t inode) {
  size_t low = 0, high = table_count;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (table[middle].inode < inode) low = middle + 1;
    else high = middle;
  }
  return low < table_count && table[low].inode == inode ? &table[low] : NULL;
}

static int shown(int result, struct stat *status) {
  if (inside || result != 0 || !table || status->st_dev != device) return result;
  const struct disguise *disguise = disguise_of(status->st_ino);
  if (!disguise) return result;
  status->st_ino = disguise->shown_inode;
  if (nanoseconds(status->st_ctim) == disguise->changed) {
    status->st_ctim.tv_sec = disguise->shown_changed / 1000000000;
    status->st_ctim.tv_nsec = disguise->shown_changed % 1000000000;
  }
  return result;
}

/* struct stat64 is struct stat on this architecture. */
_Static_assert(sizeof(struct stat) == sizeof(struct stat64), "64-bit Linux");
#define DEFINE_STAT(NAME, PARAMETERS, VALUES) \
  int NAME PARAMETERS { return shown(REAL(NAME) VALUES, (struct stat *)status); }
DEFINE_STAT(stat, (const char *path, struct stat *status), (path, status))
DEFINE_STAT(stat64, (const char *path, struct stat64 *status), (path, status))
DEFINE_STAT(lstat, (const char *path, struct stat *status), (path, status))
DEFINE_STAT(lstat64, (const char *path, struct stat64 *status), (path, status))
DEFINE_STAT(fstat, (int descriptor, struct stat *status), (descriptor, status))
DEFINE_STAT(fstat64, (int descriptor, struct stat64 *status), (descriptor, status))
DEFINE_STAT(fstatat, (int directory, const char *path, struct stat *status, int flags),
            (directory, path, status, flags))
DEFINE_STAT(fstatat64, (int directory, const char *path, struct stat64 *status, int flags),
            (directory, path, status, flags))

int statx(int directory, const char *path, int flags, unsigned mask, struct statx *status) {
  int result = REAL(statx)(directory, path, flags, mask, status);
  if (inside || result != 0 || !table) return result;
  const struct disguise *disguise = disguise_of(status->stx_ino);
  if (!disguise) return result;
  status->stx_ino = disguise->shown_inode;
  int64_t changed = (int64_t)status->stx_ctime.tv_sec * 1000000000 + status->stx_ctime.tv_nsec;
  if (changed == disguise->changed) {
    status->stx_ctime.tv_sec = disguise->shown_changed / 1000000000;
    status->stx_ctime.tv_nsec = (uint32_t)(disguise->shown_changed % 1000000000);
  }
  return result;
}
