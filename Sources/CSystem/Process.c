#define _GNU_SOURCE
#include "CSystem.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int dver_lock_exclusive_waiting(int descriptor) {
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  int result;
  do result = fcntl(descriptor, F_OFD_SETLKW, &lock);
  while (result != 0 && errno == EINTR);
  return result;
}

int dver_event(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

char **dver_environment(void) { return environ; }

static const int interrupts[] = {SIGINT, SIGTERM, SIGHUP};
enum { interrupt_count = sizeof interrupts / sizeof interrupts[0] };

static pthread_once_t reset_once = PTHREAD_ONCE_INIT;
static bool needs_reset[NSIG];

/* Which signals a command must not find as they are: those that this process was started to ignore, or that a
 * library of it handles. */
static void look_at_signals(void) {
  for (int number = 1; number < NSIG; number++) {
    struct sigaction present;
    needs_reset[number] =
        sigaction(number, NULL, &present) == 0 && present.sa_handler != SIG_DFL;
  }
}

/* Runs in the child, on memory shared with the suspended parent: system calls only. */
static int become(const struct dver_spawn_request *request, pid_t parent) {
  struct sigaction standard;
  memset(&standard, 0, sizeof standard);
  standard.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; number++)
    if (needs_reset[number]) sigaction(number, &standard, NULL);
  for (int index = 0; index < interrupt_count; index++)
    sigaction(interrupts[index], &standard, NULL);
  setsid();
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127); /* the parent ended before prctl */
  if (dup2(request->input, 0) < 0 || dup2(request->output, 1) < 0 ||
      dup2(request->output, 2) < 0)
    return DVER_SPAWN_FORK;
  for (int index = 0; index < 2; index++)
    if (request->inherited[index] >= 0) fcntl(request->inherited[index], F_SETFD, 0);
  if (chdir(request->directory) != 0) return DVER_SPAWN_DIRECTORY;
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  execve(request->path, request->arguments, request->environment);
  return DVER_SPAWN_EXECUTE;
}

/* vfork neither copies page tables nor lets the parent run before the program has started, so the
 * cost does not grow with the parent, and an error comes back through a variable. */
int dver_spawn(const struct dver_spawn_request *request, int *process) {
  volatile int failure = 0, code = 0;
  sigset_t all, previous;
  pid_t parent = getpid();
  pthread_once(&reset_once, look_at_signals);
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &previous);
  pid_t child = vfork();
  if (child == 0) {
    failure = become(request, parent);
    code = errno;
    _exit(127);
  }
  int fork_code = errno;
  pthread_sigmask(SIG_SETMASK, &previous, NULL);
  if (child < 0) {
    errno = fork_code;
    return DVER_SPAWN_FORK;
  }
  if (failure != 0) {
    int status;
    while (syscall(SYS_wait4, child, &status, 0, NULL) < 0 && errno == EINTR) {
    }
    errno = code;
    return failure;
  }
  *process = child;
  return 0;
}

int dver_process_descriptor(int process) { return (int)syscall(SYS_pidfd_open, process, 0); }

int dver_process_ended(int process) {
  siginfo_t information = {0};
  if (waitid(P_PID, (id_t)process, &information, WEXITED | WNOHANG | WNOWAIT) != 0) return 2;
  if (information.si_pid == 0) return 0;
  return information.si_code == CLD_EXITED && information.si_status == 0 ? 1 : 2;
}

static atomic_int first_event = -1, further_event = -1, first_signal;

static void add(int event) {
  uint64_t one = 1;
  if (event >= 0 && write(event, &one, sizeof one) < 0) {
    /* A full counter is readable all the same. */
  }
}

static void handle(int number) {
  int saved = errno, none = 0;
  if (!atomic_compare_exchange_strong(&first_signal, &none, number)) add(further_event);
  add(first_event);
  errno = saved;
}

static void react(void (*reaction)(int)) {
  for (int index = 0; index < interrupt_count; index++) {
    struct sigaction present, wanted;
    memset(&wanted, 0, sizeof wanted);
    wanted.sa_handler = reaction;
    wanted.sa_flags = SA_RESTART;
    if (sigaction(interrupts[index], NULL, &present) == 0 && present.sa_handler != SIG_IGN)
      sigaction(interrupts[index], &wanted, NULL);
  }
}

void dver_catch_interrupts(int first, int further) {
  first_event = first;
  further_event = further;
  first_signal = 0;
  react(handle);
}

void dver_release_interrupts(void) {
  react(SIG_DFL);
  first_event = -1;
  further_event = -1;
}
