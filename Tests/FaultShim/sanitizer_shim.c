/* Shows the thread sanitizer how Swift's Mutex passes from one thread to the next.
 *
 * A contended Mutex waits in the kernel, through calls in a library that is not built with the sanitizer:
 * it would take two holders one after the other for two at once. Loaded with LD_PRELOAD. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <linux/futex.h>
#include <stdarg.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef long (*syscall_function)(long, ...);
typedef void (*order_function)(void *);
static syscall_function real_syscall;
static order_function acquire, release;

__attribute__((constructor)) static void configure(void) {
  real_syscall = (syscall_function)dlsym(RTLD_NEXT, "syscall");
  acquire = (order_function)dlsym(RTLD_DEFAULT, "__tsan_acquire");
  release = (order_function)dlsym(RTLD_DEFAULT, "__tsan_release");
}

long syscall(long number, ...) {
  long values[6];
  va_list arguments;
  va_start(arguments, number);
  for (int i = 0; i < 6; i++) values[i] = va_arg(arguments, long);
  va_end(arguments);
  if (!real_syscall) configure();
  int operation = number == SYS_futex ? (int)values[1] & FUTEX_CMD_MASK : -1;
  if (operation == FUTEX_UNLOCK_PI && release) release((void *)values[0]);
  long result =
    real_syscall(number, values[0], values[1], values[2], values[3], values[4], values[5]);
  bool locked = operation == FUTEX_LOCK_PI || operation == FUTEX_LOCK_PI2 ||
                operation == FUTEX_TRYLOCK_PI;
  if (locked && result == 0 && acquire) acquire((void *)values[0]);
  return result;
}
