/* Loaded before libc into every process of PostgreSQL: fsync and fdatasync wait for DELAY_NS first. */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void wait_first(void) {
  struct timespec left = {DELAY_NS / 1000000000LL, DELAY_NS % 1000000000LL};
  /* A signal wakes the process up; the rest of the time is waited for after it. */
  while (nanosleep(&left, &left) != 0 && errno == EINTR) {
  }
}

int fsync(int file) {
  wait_first();
  return syscall(SYS_fsync, file);
}

int fdatasync(int file) {
  wait_first();
  return syscall(SYS_fdatasync, file);
}
