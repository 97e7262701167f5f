#pragma once
#include <git2.h>
#include <git2/sys/repository.h>

/* Variadic in libgit2, which Swift cannot call. */
static inline int dver_git_set_extensions(const char **names, size_t count) {
  return git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, names, count);
}
static inline int dver_git_sync_files(int wanted) {
  return git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, wanted);
}
