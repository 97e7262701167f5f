/* Gives a program a clock that is wrong, or stops it at a certain point.
 *
 * Loaded with LD_PRELOAD. The environment says what happens:
 *
 *   DVER_HOST_CLOCK   seconds by which the time of day is ahead
 *   DVER_HOST_STOP    N:PART: dver stops (SIGSTOP) before the N-th time that it renames something to
 *                     a path with this part
 *   DVER_HOST_MARK    a file that is made before it stops */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long lead;
static const char *stop_part;
static const char *mark;
static atomic_long left;

__attribute__((constructor)) static void read_environment(void) {
  const char *clock = getenv("DVER_HOST_CLOCK");
  if (clock) lead = atol(clock);
  const char *stop = getenv("DVER_HOST_STOP");
  const char *colon = stop ? strchr(stop, ':') : NULL;
  mark = getenv("DVER_HOST_MARK");
  if (!colon || !mark || strcmp(program_invocation_short_name, "dver") != 0) return;
  left = atol(stop);
  stop_part = colon + 1;
}

static int is_time_of_day(clockid_t clock) {
  return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI;
}

int clock_gettime(clockid_t clock, struct timespec *result) {
  static __typeof__(&clock_gettime) real;
  if (!real) real = (__typeof__(&clock_gettime))dlsym(RTLD_NEXT, "clock_gettime");
  int status = real(clock, result);
  if (status == 0 && is_time_of_day(clock)) result->tv_sec += lead;
  return status;
}

int gettimeofday(struct timeval *restrict result, void *restrict zone) {
  static __typeof__(&gettimeofday) real;
  if (!real) real = (__typeof__(&gettimeofday))dlsym(RTLD_NEXT, "gettimeofday");
  int status = real(result, zone);
  if (status == 0) result->tv_sec += lead;
  return status;
}

time_t time(time_t *result) {
  static __typeof__(&time) real;
  if (!real) real = (__typeof__(&time))dlsym(RTLD_NEXT, "time");
  time_t now = real(NULL) + lead;
  if (result) *result = now;
  return now;
}

int rename(const char *from, const char *to) {
  static __typeof__(&rename) real;
  if (!real) real = (__typeof__(&rename))dlsym(RTLD_NEXT, "rename");
  if (stop_part && strstr(to, stop_part) && atomic_fetch_sub(&left, 1) == 1) {
    int file = open(mark, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    if (file >= 0) close(file);
    raise(SIGSTOP);
  }
  return real(from, to);
}
